import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

extension CrashTests {
    /// The power fails: what the ledger's files were given and not synchronised is lost, or half of it is.
    @Suite(.timeLimit(.minutes(20)))
    struct PowerCutTests {
        private static let stations = 3
        private static let cuts = 60

        @Test func `a power cut at any write to the ledger leaves no trace in the end`() async throws {
            let whole = try await undisturbed()
            let step = max(1, whole.effects / Self.cuts)
            let lost = Mutex((cuts: 0, bytes: 0))
            try await inLanes(4, Array(stride(from: 1, through: whole.effects, by: step))) { point in
                // Nothing that was not synchronised is left, or any part of it.
                for seed in [nil, UInt64(point)] {
                    let bytes = try await self.survives(point, seed: seed, like: whole.contents)
                    lost.withLock { $0 = ($0.cuts + 1, $0.bytes + bytes) }
                }
            }
            print(
                "JourneyTests: \(lost.withLock { $0.cuts }) power cuts; \(lost.withLock { $0.bytes }) bytes were not synchronised"
            )
            #expect(lost.withLock { $0.bytes } > 0)
        }

        @Test func `a report is on the disk under its name before the ledger records it`() async throws {
            let site = try await Site()
            try site.dropStations(1)
            var shim = KillShim(counted: [])
            shim.journal = site.folder.path("journal")
            let daemon = try site.startDaemon("--until-idle", environment: shim.environment(for: site))
            #expect(try await daemon.ended() == .code(0), "\(daemon.errors)")
            let operations = try LedgerDisk(site.folder.read("journal")).operations
            let renamed = try #require(operations.lastIndex(of: "rename station-1.UPLOADED.txt"))
            // Its content before, its name after; the ledger hears of it last.
            #expect(operations[..<renamed].last { $0.hasPrefix("sync .drop360-") } != nil)
            let synced = try #require(operations[renamed...].firstIndex(of: "sync inbox"))
            #expect(operations[synced...].contains("sync ledger.sqlite-wal"))
        }

        private static let counted: [KillShim.Effect] = [.ledgerWrite, .ledgerSync, .sent, .answer, .named]

        private func undisturbed() async throws -> (effects: Int, contents: Contents) {
            let site = try await Site()
            try site.dropStations(Self.stations)
            let shim = try KillShim(counted: Self.counted).environment(for: site)
            let daemon = try site.startDaemon("--until-idle", environment: shim)
            #expect(try await daemon.ended() == .code(0), "\(daemon.errors)")
            return (try KillShim.effects(in: site).count, try await site.sandbox.contents())
        }

        /// Cuts the power, starts again on what the disk has, and holds the outcome against a run that nothing disturbed.
        ///
        /// - Returns: How many bytes had not been synchronised.
        private func survives(_ point: Int, seed: UInt64?, like whole: Contents) async throws -> Int {
            let site = try await Site()
            try site.dropStations(Self.stations)
            var shim = KillShim.kill(at: point, of: Self.counted)
            shim.journal = site.folder.path("journal")
            let killed = try site.startDaemon("--until-idle", environment: shim.environment(for: site))
            _ = try await killed.ended()
            let words = try KillShim.effects(in: site).last?.words ?? ""
            let comment: Comment = "power cut at \(point), \(words), \(seed.map { "seed \($0)" } ?? "all lost")"

            let cached = try await site.filesKnownAsSent()
            let disk = try LedgerDisk(site.folder.contains("journal") ? site.folder.read("journal") : Data())
            var chance = seed.map { SeededGenerator(seed: $0) }
            for name in try site.folder.names(in: "state")
            where name.hasPrefix("ledger.sqlite") && !name.hasSuffix("-shm") {
                try site.folder.remove("state/" + name)
            }
            for (name, content) in disk.afterPowerCut(&chance) { try site.folder.write(content, to: "state/" + name) }

            // The transaction in hand may be lost, with the faces whose senders still wait for it: as many as go out at once. None before.
            let durable = try await site.filesKnownAsSent()
            #expect(cached.subtracting(durable).count <= 6, "\(comment): \(cached.subtracting(durable))")
            try await site.deliverAll(comment)
            try await site.expectDeliveredOnce(Self.stations, comment)
            let contents = try await site.sandbox.contents()
            #expect(contents.fileIDs == whole.fileIDs, comment)
            #expect(contents.nodeIDs == whole.nodeIDs, comment)
            return disk.unsynced
        }
    }
}
