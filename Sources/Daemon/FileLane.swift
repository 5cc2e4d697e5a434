import DropFolder
import Inspection
import Station
import Synchronization

/// The lane for single files: they are checked one after the other, without holding up stations.
///
/// A check takes minutes for a file of many gigabytes. It ends early where its file has vanished or changed, and when drop360 stops;
/// one that is still queued then never begins. Each check has the ticket of the event that asked for it, so that its item's later events
/// wait for it.
final class FileLane: Sendable {
    /// Called to check a file, and blocks; obeys the signal between two pieces of the file, and returns nil where it was stopped.
    typealias Check =
        @Sendable (FileSnapshot, StopSignal, _ progress: (_ done: Int64, _ size: Int64) -> Void) -> FileReport?

    /// The file that is being checked, in bytes.
    struct Progress: Sendable, Equatable {
        var item: ItemPath
        var done: Int64
        var size: Int64
    }

    struct Job: Sendable {
        var snapshot: FileSnapshot
        var ticket: InspectionTurns.Ticket
        fileprivate let stop = StopSignal()
    }

    private struct State {
        var waiting: [Job] = []
        var running: Job?
        var progress: Progress?
        var isClosed = false
    }

    private let inspector: Inspector
    private let check: Check
    private let drop: @Sendable (Job) -> Void
    private let progressed: @Sendable (Progress) -> Void
    private let state = Mutex(State())
    private let bell = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - inspector: Its thread for files is the lane's.
    ///   - check: Called on this thread.
    ///   - drop: Called for each job that never begins.
    ///   - progressed: Called on this thread after each piece of a file.
    init(
        inspector: Inspector,
        check: @escaping Check,
        drop: @escaping @Sendable (Job) -> Void,
        progressed: @escaping @Sendable (Progress) -> Void
    ) {
        self.inspector = inspector
        self.check = check
        self.drop = drop
        self.progressed = progressed
    }

    /// What is being checked, and how far; nil where nothing is.
    var progress: Progress? { state.withLock { $0.progress } }

    /// How many files wait for their check.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Queues a file; an older check of the same item is stopped.
    func add(_ snapshot: FileSnapshot, _ ticket: InspectionTurns.Ticket) {
        stop(snapshot.item)
        let job = Job(snapshot: snapshot, ticket: ticket)
        let isClosed = state.withLock { state in
            if !state.isClosed { state.waiting.append(job) }
            return state.isClosed
        }
        if isClosed { drop(job) }
        bell.continuation.yield()
    }

    /// Ends the check of an item, even if it is only queued.
    func stop(_ item: ItemPath) {
        let dropped = state.withLock { state in
            if let running = state.running, running.snapshot.item == item { running.stop.set() }
            let dropped = state.waiting.filter { $0.snapshot.item == item }
            state.waiting.removeAll { $0.snapshot.item == item }
            return dropped
        }
        dropped.forEach(drop)
    }

    /// Ends all checks, so that ``run(_:)`` returns.
    ///
    /// What is not checked is found again after the next start.
    func close() {
        let dropped = state.withLock { state in
            defer { state.waiting = [] }
            state.isClosed = true
            state.running?.stop.set()
            return state.waiting
        }
        dropped.forEach(drop)
        bell.continuation.finish()
    }

    /// Checks the queued files, one after the other, until the lane is closed.
    ///
    /// - Parameter take: Called with the result of each check that began; the report is nil where it was stopped.
    func run(_ take: (Job, FileReport?) async throws -> Void) async rethrows {
        for await _ in bell.stream {
            while let job = next() {
                let report = await inspector.checkFile(stop: job.stop) { [self] stop in
                    check(job.snapshot, stop) { note($0, of: $1, job.snapshot.item) }
                }
                state.withLock { ($0.running, $0.progress) = (nil, nil) }
                try await take(job, job.stop.isSet ? nil : report)
            }
        }
    }

    private func note(_ done: Int64, of size: Int64, _ item: ItemPath) {
        let progress = Progress(item: item, done: done, size: size)
        state.withLock { $0.progress = progress }
        progressed(progress)
    }

    private func next() -> Job? {
        state.withLock { state in
            guard !state.isClosed, !state.waiting.isEmpty else { return nil }
            let job = state.waiting.removeFirst()
            state.running = job
            state.progress = Progress(item: job.snapshot.item, done: 0, size: job.snapshot.size)
            return job
        }
    }
}
