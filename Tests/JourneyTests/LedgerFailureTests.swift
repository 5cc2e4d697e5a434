import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

extension CrashTests {
    /// Each access to the ledger's files fails once: a full disk, a bad disk, somebody else's lock.
    @Suite(.timeLimit(.minutes(30)))
    struct LedgerFailureTests {
        enum Failure: CaseIterable, CustomTestStringConvertible, Sendable {
            case full, damaged, busy

            var code: Int32 {
                switch self {
                case .full: ENOSPC
                case .damaged: EIO
                case .busy: EAGAIN
                }
            }

            /// Where the kernel may say so.
            var effects: [KillShim.Effect] {
                switch self {
                case .full: [.ledgerWrite, .ledgerSync]
                case .damaged: [.ledgerOpen, .ledgerRead, .ledgerWrite, .ledgerSync, .ledgerMap]
                case .busy: [.ledgerLock]
                }
            }

            /// SQLite asks for a lock again and again for ten seconds, which is about so often.
            var times: Int { self == .busy ? 130 : 1 }

            var testDescription: String { "\(self)" }
        }

        /// So many accesses are tried of each kind of failure, where nobody asks for all of them with `DROP360_ALL_POINTS=1`.
        private static let budget = 90

        @Test(arguments: Failure.allCases)
        func `whichever access to the ledger fails, the station is registered exactly once`(failure: Failure)
            async throws
        {
            let count = try await accesses(failure)
            let isThorough = ProcessInfo.processInfo.environment["DROP360_ALL_POINTS"] != nil
            let budget = failure == .busy ? Self.budget / 3 : Self.budget
            let points = Array(stride(from: 1, through: count, by: isThorough ? 1 : max(1, count / budget)))
            let outcomes = Mutex<[String: Int]>([:])
            // They mostly wait: the daemon tries again after some seconds.
            try await inLanes(8, points) { point in
                let outcome = try await self.survives(failure, at: point)
                outcomes.withLock { $0[outcome, default: 0] += 1 }
            }
            print(
                "JourneyTests: \(failure): \(points.count) of \(count) accesses failed;",
                outcomes.withLock {
                    $0.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
                }
            )
        }

        private func accesses(_ failure: Failure) async throws -> Int {
            let site = try await Site()
            try site.dropStations(1)
            let daemon = try site.startDaemon(environment: KillShim(counted: failure.effects).environment(for: site))
            _ = try await site.report("station-1", "UPLOADED")
            try await site.stop(daemon)
            return try KillShim.effects(in: site).count
        }

        /// Returns what became of the daemon.
        private func survives(_ failure: Failure, at point: Int) async throws -> String {
            let site = try await Site()
            try site.dropStations(1)
            let shim = KillShim(counted: failure.effects, deed: "\(failure.code)", strikes: (point, failure.times))
            let daemon = try site.startDaemon(environment: shim.environment(for: site))
            let exit = try await eventually("\(failure) at \(point): registered, or ended: \(daemon.errors)") {
                if let exit = daemon.exit { return Optional(exit) as ChildProcess.Exit?? }
                return site.folder.contains("inbox/station-1.UPLOADED.txt") ? .some(nil) : nil
            }
            let outcome: String
            if let exit {
                // systemd starts it again after this one.
                #expect(exit == .code(1), "\(failure) at \(point): \(daemon.errors)")
                // Once it works, it waits for better times.
                #expect(!daemon.errors.contains("CDF is ready"), "\(failure) at \(point): \(daemon.errors)")
                outcome = "ended with \(exit)"
            } else {
                outcome = daemon.errors.contains("the ledger could not be") ? "waited for" : "made good at once"
                daemon.send(SIGTERM)
                let end = try await daemon.ended()
                #expect([.code(0), .code(1)].contains(end), "\(failure) at \(point): \(daemon.errors)")
            }
            let effects = try KillShim.effects(in: site)
            let words = effects.first { $0.number == point }?.words ?? "never"
            try await site.deliverAll("\(failure) at \(point), \(words)")
            try await site.expectDeliveredOnce(1, "\(failure) at \(point), \(words); the daemon said: \(daemon.errors)")
            return outcome
        }
    }
}
