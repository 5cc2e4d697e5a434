import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

extension CrashTests {
    /// SIGKILL at each side effect of a delivery, as the C library sees them: ledger, line, reports.
    @Suite(.timeLimit(.minutes(30)))
    struct KillPointTests {
        private static let stations = 2
        /// Faces under way at once, by default: as many as a station has.
        private static let inHand = 6
        /// So many points are struck where nobody asks for all of them with `DROP360_ALL_POINTS=1`.
        private static let budget = 400
        /// What is numbered together: threads race, but among their like the numbers of two runs mean the same.
        private static let groups: [[KillShim.Effect]] = [
            [.fileWrite, .name, .named], [.send, .sent, .answer], [.ledgerWrite, .ledgerSync],
        ]

        struct Point: Hashable, Sendable {
            let group: [KillShim.Effect]
            let number: Int
        }

        @Test func `killed at any side effect, each station is registered exactly once`() async throws {
            let whole = try await undisturbed()
            print("JourneyTests: side effects of a delivery of \(Self.stations) stations: \(Self.summary(whole))")
            let struck = Mutex<[Point: (effect: KillShim.Effect, span: Duration)]>([:])
            try await inLanes(4, Self.chosen(from: whole)) { point in
                guard let blow = try await self.survives(point) else { return }
                struck.withLock { $0[point] = blow }
            }
            let blows = struck.withLock { Array($0.values) }
            let spans = blows.map(\.span).sorted()
            print(
                """
                JourneyTests: \(blows.count) distinct kill points struck: \(Self.summary(blows.map(\.effect))); \
                ready again after \(spans[spans.count / 2]) (median), \(spans[spans.count - 1]) (longest)
                """
            )
            #expect(blows.count >= 200)
            for effect in KillShim.Effect.lasting {
                #expect(blows.contains { $0.effect == effect }, "\(effect) was never struck")
            }
        }

        /// The side effects of a delivery that nothing disturbs.
        private func undisturbed() async throws -> [KillShim.Effect] {
            let site = try await Site()
            try site.dropStations(Self.stations)
            let shim = try KillShim(counted: KillShim.Effect.lasting).environment(for: site)
            let daemon = try site.startDaemon("--until-idle", environment: shim)
            #expect(try await daemon.ended() == .code(0), "\(daemon.errors)")
            try await site.expectDeliveredOnce(Self.stations, "undisturbed")
            return try KillShim.effects(in: site).map(\.effect)
        }

        /// All of the rarer groups; of what is left, which are the writes to the ledger, one in so many.
        private static func chosen(from effects: [KillShim.Effect]) -> [Point] {
            let isThorough = ProcessInfo.processInfo.environment["DROP360_ALL_POINTS"] != nil
            var chosen: [Point] = []
            for group in groups {
                let count = effects.count(where: group.contains)
                let left = max(1, isThorough ? count : budget - chosen.count)
                chosen += stride(from: 1, through: count, by: (count + left - 1) / left).map {
                    Point(group: group, number: $0)
                }
            }
            return chosen
        }

        private static func summary(_ effects: [KillShim.Effect]) -> String {
            KillShim.Effect.allCases.compactMap { effect in
                let count = effects.count { $0 == effect }
                return count == 0 ? nil : "\(count) \(effect.rawValue)"
            }.joined(separator: ", ")
        }

        /// Kills, starts again, and holds the outcome against the promises.
        ///
        /// - Returns: What was struck, and how long the next start took until it could work; nil where the number never came.
        private func survives(_ point: Point) async throws -> (effect: KillShim.Effect, span: Duration)? {
            let site = try await Site()
            try site.dropStations(Self.stations)
            let shim = try KillShim.kill(at: point.number, of: point.group).environment(for: site)
            let killed = try site.startDaemon("--until-idle", environment: shim)
            let exit = try await killed.ended()
            let effects = try KillShim.effects(in: site)
            let struck = try #require(effects.last)
            let comment: Comment = "killed at \(point.number): \(struck.effect.rawValue) \(struck.words)"
            let isStruck = struck.number == point.number
            #expect(exit == (isStruck ? .signal(SIGKILL) : .code(0)), "\(comment): \(killed.errors)")

            let known = try await site.filesKnownAsSent()
            let before = try await site.sandbox.requests()
            let began = ContinuousClock.now
            let next = try site.startDaemon("--until-idle")
            // Where the kill came after the last step there is nothing to do, and the run ends before it has heard from CDF.
            try await next.waitForLogOrEnd("CDF is ready")
            let span = ContinuousClock.now - began
            #expect(try await next.ended() == .code(0), "\(comment): \(next.errors)")

            let after = try await site.sandbox.requests(since: before.last?.number ?? 0)
            let begunAgain = Set(Self.begun(after))
            #expect(known.isDisjoint(with: begunAgain), "\(comment): known as sent, and sent again")
            #expect(begunAgain.count == Self.begun(after).count, "\(comment): sent twice after the start")
            let again = Set(Self.begun(before)).intersection(begunAgain)
            #expect(again.count <= Self.inHand, "\(comment): \(again)")
            try await site.expectDeliveredOnce(Self.stations, comment)
            return isStruck ? (struck.effect, span) : nil
        }

        /// The ids of the files that were begun.
        private static func begun(_ requests: [SandboxProcess.Request]) -> [String] {
            requests.compactMap(\.begunFile)
        }
    }
}
