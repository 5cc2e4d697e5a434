import DropFolder
import Inspection
import Station
import Synchronization

/// The lane for single files: they are checked one after the other, without holding up stations.
///
/// A check takes minutes for a file of many gigabytes. It ends early where its file has vanished or changed, and when drop360 stops;
/// one that is still queued then never begins.
final class FileLane: Sendable {
    /// Called to check a file, and blocks; obeys the signal between two pieces of the file, and returns nil where it was stopped.
    typealias Check = @Sendable (FileSnapshot, StopSignal) -> PointCloudCheck.Report?

    private struct Job {
        var snapshot: FileSnapshot
        let stop = StopSignal()
    }

    private struct State {
        var waiting: [Job] = []
        var running: Job?
        var isClosed = false
    }

    private let inspector: Inspector
    private let check: Check
    private let state = Mutex(State())
    private let bell = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(inspector: Inspector, check: @escaping Check) {
        self.inspector = inspector
        self.check = check
    }

    /// Queues a file; an older check of the same item is stopped.
    ///
    /// - Returns: How many queued checks were dropped.
    func add(_ snapshot: FileSnapshot) -> Int {
        let dropped = stop(snapshot.item)
        let isClosed = state.withLock { state in
            if !state.isClosed { state.waiting.append(Job(snapshot: snapshot)) }
            return state.isClosed
        }
        bell.continuation.yield()
        return dropped + (isClosed ? 1 : 0)
    }

    /// Ends the check of an item, even if it is only queued.
    ///
    /// - Returns: How many queued checks were dropped.
    func stop(_ item: ItemPath) -> Int {
        state.withLock { state in
            if let running = state.running, running.snapshot.item == item { running.stop.set() }
            let before = state.waiting.count
            state.waiting.removeAll { $0.snapshot.item == item }
            return before - state.waiting.count
        }
    }

    /// Ends all checks, so that ``run(_:)`` returns.
    ///
    /// What is not checked is found again after the next start.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting = []
            state.running?.stop.set()
        }
        bell.continuation.finish()
    }

    /// Checks the queued files, one after the other, until the lane is closed.
    ///
    /// - Parameter take: Called with the result of each check that began; the report is nil where it was stopped.
    func run(_ take: (FileSnapshot, PointCloudCheck.Report?) async throws -> Void) async rethrows {
        for await _ in bell.stream {
            while let job = next() {
                let report = await inspector.checkFile(stop: job.stop) { [check] in check(job.snapshot, $0) }
                state.withLock { $0.running = nil }
                try await take(job.snapshot, job.stop.isSet ? nil : report)
            }
        }
    }

    private func next() -> Job? {
        state.withLock { state in
            guard !state.isClosed, !state.waiting.isEmpty else { return nil }
            state.running = state.waiting.removeFirst()
            return state.running
        }
    }
}
