import CDF
import Delivery
import Foundation
import GRDB
import Ledger
import Station
import Status
import Synchronization
import TestSupport
import Testing

@testable import Daemon
@testable import Delivery

/// What an extraction pipeline is told while a daemon runs.
@Suite(.timeLimit(.minutes(15)))
struct PipelineReporterTests {
    /// The daemon's parts as the test wants them, and what CDF heard.
    private final class Parts: Sendable {
        let ready = Mutex(true)
        let inboxes = Mutex([DaemonStatus.Inbox(path: "/in", available: true)])
        let scanner = Mutex(ContinuousClock.now)
        let steps = Mutex(UInt64(0))
        /// What becomes of the next requests.
        let errors = Mutex<[CDFError]>([])
        private let told = Mutex<[PipelineRun]>([])

        /// What CDF has been told since the last call: status, and message if there is one.
        func heard() -> [PipelineRun] {
            told.withLock { told in
                defer { told = [] }
                return told
            }
        }

        func step() { steps.withLock { $0 += 1 } }

        func reporter(_ desk: Desk) -> PipelineReporter {
            let signs = Pulse.Signs(
                scanner: { self.scanner.withLock { $0 } },
                isBusy: { false },
                steps: { self.steps.withLock { $0 } },
                link: {
                    let project = PreparedProject(
                        model: ModelChoice.image360(space: "s").presumed,
                        dataSetID: nil
                    )
                    return self.ready.withLock { $0 } ? .ready(project) : .unknown
                },
                inboxes: { self.inboxes.withLock { $0 } },
                detection: { .init() },
                changes: { 0 },
                sendingRate: { nil }
            )
            return PipelineReporter(
                pipeline: "ep",
                send: { (run) async throws(CDFError) in
                    if let error = self.errors.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw error }
                    self.told.withLock { $0.append(run) }
                },
                ledger: desk.ledger,
                signs: signs,
                progress: ProgressCheck(signs),
                timeSource: desk.timeSource,
                logger: Desk.silent
            )
        }
    }

    private static let unreachable = CDFError.unreachable(host: "cdf.example.com", detail: "no route")

    @Test func `seen is told at the start and every ten minutes`() async throws {
        let (desk, parts) = (try Desk(), Parts())
        try await desk.run(parts.reporter(desk)) { turns in
            #expect(parts.heard() == [PipelineRun(.seen)])
            await turns.next(after: .seconds(590))
            #expect(parts.heard() == [])
            await turns.next(after: .seconds(10))
            #expect(parts.heard() == [PipelineRun(.seen)])
        }
    }

    @Test func `while CDF cannot be reached it is quiet, and the first seen follows within 30 seconds`() async throws {
        let (desk, parts) = (try Desk(), Parts())
        parts.ready.withLock { $0 = false }
        try await desk.run(parts.reporter(desk)) { turns in
            try await desk.record("a", .sample())
            try await desk.giveUp("a", "CDF refused it.")
            await turns.next(after: .seconds(700))
            #expect(parts.heard() == [])
            parts.ready.withLock { $0 = true }
            await turns.next(after: .seconds(10))
            // Nothing that happened meanwhile is lost.
            let heard = parts.heard()
            #expect(heard.map(\.status) == [.seen, .failure])
            #expect(heard.last?.message?.contains("CDF refused it.") == true)
        }
    }

    @Test func `success is told when the queue ends, once`() async throws {
        let (desk, parts) = (try Desk(), Parts())
        try await desk.run(parts.reporter(desk)) { turns in
            _ = parts.heard()
            try await desk.record("a", .sample())
            await turns.next(after: .seconds(10))
            #expect(parts.heard() == [])
            try await desk.deliver("a")
            parts.step()
            await turns.next(after: .seconds(10))
            #expect(
                parts.heard() == [PipelineRun(.success, "Nothing is waiting to be delivered. 1 registered")]
            )
            await turns.next(after: .seconds(10))
            #expect(parts.heard() == [])
        }
        // At the end, again: the daemon stops in good order.
        #expect(parts.heard().map(\.status) == [.success])
    }

    @Test func `failure is told once per cause, and a queue with a failure ends without success`() async throws {
        let (desk, parts) = (try Desk(), Parts())
        try await desk.run(parts.reporter(desk)) { turns in
            _ = parts.heard()
            for name in ["a", "b", "c"] {
                try await desk.record(name, .sample(name, station: name))
                try await desk.giveUp(name, name == "c" ? "Too large." : "CDF refused it.")
            }
            parts.step()
            await turns.next(after: .seconds(10))
            let heard = parts.heard()
            #expect(heard.map(\.status) == [.failure, .failure])
            #expect(Set(heard.compactMap { $0.message?.split(separator: ": ").last.map(String.init) }).count == 2)
            try await desk.record("d", .sample("d", station: "d"))
            try await desk.giveUp("d", "CDF refused it.")
            parts.step()
            await turns.next(after: .seconds(10))
            #expect(parts.heard() == [])
            // The next queue ends well.
            try await desk.record("e", .sample("e", station: "e"))
            try await desk.deliver("e")
            parts.step()
            await turns.next(after: .seconds(10))
            #expect(parts.heard().map(\.status) == [.success])
        }
    }

    @Test func `after a failure nothing calls the end a success`() async throws {
        let (desk, parts) = (try Desk(), Parts())
        try await desk.run(parts.reporter(desk)) { turns in
            try await desk.record("a", .sample())
            try await desk.giveUp("a")
            parts.step()
            await turns.next(after: .seconds(10))
            _ = parts.heard()
        }
        #expect(parts.heard() == [])
    }

    @Test func `a lost inbox is a failure, and no daemon without an inbox is seen`() async throws {
        let (desk, parts) = (try Desk(), Parts())
        try await desk.run(parts.reporter(desk)) { turns in
            _ = parts.heard()
            parts.inboxes.withLock { $0 = [.init(path: "/in", available: false, reason: "unmounted")] }
            await turns.next(after: .seconds(600))
            let heard = parts.heard()
            #expect(heard.map(\.status) == [.failure])
            #expect(heard.first?.message?.hasPrefix("Inbox /in: ") == true)
            await turns.next(after: .seconds(10))
            #expect(parts.heard() == [])
            parts.inboxes.withLock { $0 = [.init(path: "/in", available: true)] }
            await turns.next(after: .seconds(10))
            #expect(parts.heard().map(\.status) == [.seen, .success])
        }
    }

    @Test func `where the ledger takes nothing, the daemon is not seen`() async throws {
        let (desk, parts) = (try Desk(), Parts())
        try await desk.run(parts.reporter(desk)) { turns in
            _ = parts.heard()
            try desk.ledger.close()
            await turns.next(after: .seconds(600))
            let heard = parts.heard()
            #expect(heard.map(\.status) == [.failure])
            #expect(heard.first?.message?.contains("ledger") == true)
        }
        #expect(parts.heard() == [])
    }

    @Test func `a scanner that hangs is not seen`() async throws {
        let (desk, parts) = (try Desk(), Parts())
        parts.scanner.withLock { $0 = .now - .seconds(301) }
        try await desk.run(parts.reporter(desk)) { turns in
            #expect(parts.heard() == [])
            parts.scanner.withLock { $0 = .now }
            await turns.next(after: .seconds(10))
            #expect(parts.heard() == [PipelineRun(.seen)])
        }
    }

    @Test func `a report that may have arrived is not repeated; one that cannot have is`() async throws {
        let (desk, parts) = (try Desk(), Parts())
        parts.errors.withLock {
            $0 = [Self.unreachable, .outcomeUnknown(asked: "a report", cause: Self.unreachable)]
        }
        try await desk.run(parts.reporter(desk)) { turns in
            await turns.next(after: .seconds(10))
            await turns.next(after: .seconds(10))
            #expect(parts.heard() == [])
            await turns.next(after: .seconds(600))
            #expect(parts.heard() == [PipelineRun(.seen)])
        }
    }
}
