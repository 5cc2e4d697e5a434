import CDF
import Delivery
import Foundation
import Ledger
import Logging
import ServiceLifecycle
import Station
import Status
import Timing

/// Reports to the project's extraction pipeline: that the daemon works, that the queue has been worked off, and what has failed.
///
/// Never in the way of deliveries: it has a loop of its own, sends one request at a time, and its errors are only logged. While CDF cannot be
/// reached it is quiet.
final class PipelineReporter: Service {
    /// How a run reaches CDF; ``CDFClient/report(_:to:)``, but for tests.
    typealias Send = @Sendable (PipelineRun) async throws(CDFError) -> Void

    private let pipeline: String
    private let send: Send
    private let ledger: ItemLedger
    private let signs: Pulse.Signs
    private let progress: ProgressCheck
    private let timeSource: TimeSource
    private let logger: Logger
    private static let interval = Duration.seconds(10)
    /// Out of the 20 seconds of a shutdown.
    private static let grace = Duration.seconds(3)
    /// Failed items of one look; more say nothing new.
    private static let mostFailed = 50

    init(
        pipeline: String,
        send: @escaping Send,
        ledger: ItemLedger,
        signs: Pulse.Signs,
        progress: ProgressCheck,
        timeSource: TimeSource,
        logger: Logger
    ) {
        self.pipeline = pipeline
        self.send = send
        self.ledger = ledger
        self.signs = signs
        self.progress = progress
        self.timeSource = timeSource
        self.logger = logger
    }

    /// What the loop remembers from one look to the next.
    private struct Memory {
        var news = PipelineNews()
        /// Items that failed before this are not news.
        var looked: Date
        /// What was logged last: the same trouble is logged once.
        var trouble: String?
    }

    func run() async {
        let memory = await cancelWhenGracefulShutdown { [self] in
            var memory = Memory(looked: timeSource.now())
            while !Task.isCancelled {
                if case .ready = signs.link() { await look(&memory) }
                // Ends early only with the task.
                try? await timeSource.sleep(Self.interval)
            }
            return memory
        }
        guard case .ready = signs.link() else { return }
        await lookLast(memory)
    }

    private func look(_ memory: inout Memory) async {
        let sight = await sight(&memory, writes: memory.news.isSeenDue(at: timeSource.now()))
        for run in memory.news.due(sight, at: timeSource.now()) where !Task.isCancelled {
            guard await tell(run, &memory.trouble) else { return }
            memory.news.recordTold(run, sight, at: timeSource.now())
        }
    }

    /// Within the grace: CDF may not answer, and the daemon must come to its end.
    private func lookLast(_ memory: Memory) async {
        // A task of its own: the one that ends here may have been cancelled.
        let last = Task {
            var memory = memory
            let sight = await sight(&memory, writes: true)
            for run in memory.news.dueAtEnd(sight) where !Task.isCancelled { _ = await tell(run, &memory.trouble) }
        }
        let limit = Task { [timeSource] in
            // Ends early only when it is cancelled.
            try? await timeSource.timeLimit(Self.grace)
            last.cancel()
        }
        await last.value
        limit.cancel()
    }

    /// - Returns: False where CDF has not heard of it and could not be reached: it is told later.
    private func tell(_ run: PipelineRun, _ trouble: inout String?) async -> Bool {
        do throws(CDFError) {
            try await send(run)
            trouble = nil
            return true
        } catch {
            if error == .interrupted { return false }
            let isNew = trouble != error.summary
            trouble = error.summary
            logger.log(
                level: isNew ? .warning : .debug,
                "the extraction pipeline was not told; deliveries go on",
                metadata: ["pipeline": "\(printable(pipeline))", "run": "\(run.status)", "error": "\(error.summary)"]
            )
            if case .outcomeUnknown = error { return true }
            return error.remedy != .offline
        }
    }

    // MARK: What there is to tell

    /// - Parameter writes: Whether to try that the ledger takes a write: not at every look, for the sake of the disk.
    private func sight(_ memory: inout Memory, writes: Bool) async -> PipelineNews.Sight {
        var sight = PipelineNews.Sight()
        sight.steps = signs.steps()
        sight.isAlive = progress.stalls.isEmpty
        let inboxes = signs.inboxes()
        for inbox in inboxes where !inbox.available || inbox.unmounted?.isEmpty == false {
            let words = "Inbox \(printable(inbox.path)): \(printable(inbox.words, limit: 500))"
            sight.troubles.append(.init(cause: "inbox \(inbox.path)", words: words))
        }
        if !inboxes.isEmpty, inboxes.allSatisfy({ !$0.available }) { sight.isAlive = false }
        do throws(LedgerError) {
            let now = timeSource.now()
            // Who cannot write does not work, whatever can still be read.
            if writes { try await ledger.setDaemonValue(now.formatted(.iso8601), for: "pipeline-looked") }
            try await read(into: &sight, &memory)
        } catch {
            sight.isAlive = false
            sight.troubles.append(.init(cause: "ledger", words: error.summary))
        }
        return sight
    }

    private func read(into sight: inout PipelineNews.Sight, _ memory: inout Memory) async throws(LedgerError) {
        // The ledger's times are milliseconds, rounded down.
        let now = Date(timeIntervalSince1970: (timeSource.now().timeIntervalSince1970 * 1000).rounded(.down) / 1000)
        let counts = try await ledger.counts()
        sight.underWay = ItemState.Name.underWay.reduce(0) { $0 + (counts[$1] ?? 0) }
        sight.summary = counts.words
        guard counts[.failed] ?? 0 > 0 else {
            memory.looked = now
            return
        }
        // One of this very millisecond is seen again at the next look, when its cause is known.
        for item in try await ledger.items(in: .failed, limit: Self.mostFailed) where item.changedAt >= memory.looked {
            guard case .failed(_, let failure) = item.state else { continue }
            let words = "\(printable(item.location.absolute)): \(failure.summary)"
            sight.failures.append(.init(cause: failure.summary, words: words))
        }
        memory.looked = now
    }
}
