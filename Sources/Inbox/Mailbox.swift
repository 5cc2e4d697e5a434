import Dispatch
import Station
import Synchronization

/// Messages for the scanner's thread, and the status that this thread publishes.
///
/// Bounded: events are kept as one set of folders, and if that grows too large, as "list everything".
final class Mailbox: Sendable {
    /// What has arrived since the scanner last took it.
    struct Post: Sendable {
        /// What happened in which watched folder, by watch.
        var events: [Int32: FolderEvents] = [:]
        /// Events were lost, by the kernel or here.
        var overflowed = false
        /// Something was mounted or unmounted somewhere.
        var mountsChanged = false
        var rescan = false
        var rechecks: [Recheck] = []
        var outcomes: [Outcome] = []

        var isEmpty: Bool {
            events.isEmpty && !overflowed && !mountsChanged && !rescan && rechecks.isEmpty && outcomes.isEmpty
        }
    }

    /// All that has happened in one folder since the scanner last took it.
    struct FolderEvents: Equatable, Sendable {
        var mask: UInt32 = 0
        /// The names it happened to; nil where there are too many, or something happened to the folder itself.
        var names: Set<String>? = []
        /// Files, and whether a program is writing them since, by their last event.
        var writing: [String: Bool] = [:]

        /// More names than this, and the folder is listed anyway.
        private static let fewNames = 16
        /// How many open files of one folder are remembered.
        private static let manyFiles = 1024

        mutating func add(_ event: NotifyEvent) {
            mask |= event.mask
            guard let name = event.name else {
                names = nil
                return
            }
            if names != nil {
                names?.insert(name)
                if let count = names?.count, count > Self.fewNames { names = nil }
            }
            guard event.mask & NotifyMask.ofFolder == 0 else { return }
            // No closing is ever forgotten: what nobody knows to be open may well be closed.
            if writing.count >= Self.manyFiles { writing = writing.filter { !$0.value } }
            if event.mask & NotifyMask.atRest != 0 {
                writing[name] = false
            } else if event.mask & NotifyMask.created != 0 {
                writing[name] = true
            }
        }
    }

    /// The result of inspecting an item.
    struct Outcome: Sendable {
        var item: ItemPath
        /// Its stamp when it was last inspected.
        var stamp: Stamp
        var standing: KnownStations.Standing
    }

    /// An item that is to be emitted again.
    struct Recheck: Sendable {
        var item: ItemPath
        var due: ContinuousClock.Instant
        /// Whether it counts as settling until then.
        var isAwaited = false
    }

    /// With events in more folders than this at once, everything is listed instead.
    static let capacity = 16_384

    private struct State: Sendable {
        var post = Post()
        /// The scanner has taken messages and has not yet published the result.
        var inHand = false
        var status: InboxStatus
        var eventsRead: UInt64 = 0
        /// To be taken by the reader's thread.
        var instance: NotifyInstance?
    }

    private let state: Mutex<State>
    private let bell = ThreadBell()
    /// Rung when there is an instance to read, or never will be.
    private let readerBell = DispatchSemaphore(value: 0)
    private let stopped = Atomic(false)

    init(status: InboxStatus) { state = Mutex(State(status: status)) }

    // MARK: For all threads

    var isStopped: Bool { stopped.load(ordering: .acquiring) }

    func stop() {
        stopped.store(true, ordering: .releasing)
        wake()
        readerBell.signal()
    }

    func wake() { bell.ring() }

    /// Messages that have not been handled count as one folder that is settling.
    var status: InboxStatus {
        state.withLock { state in
            var status = state.status
            status.eventsRead = state.eventsRead
            if state.inHand || !state.post.isEmpty { status.settling += 1 }
            return status
        }
    }

    func ask(_ change: @Sendable (inout Post) -> Void) {
        state.withLock { change(&$0.post) }
        wake()
    }

    // MARK: For the reader's thread

    /// Blocks until there is an inotify instance; nil where the mailbox was stopped first.
    func awaitInstance() -> NotifyInstance? {
        readerBell.wait()
        return state.withLock { $0.instance }
    }

    func deliver(_ events: [NotifyEvent]) {
        let first = state.withLock { state in
            let first = state.post.isEmpty
            state.eventsRead += UInt64(events.count)
            for event in events {
                if event.mask & NotifyMask.overflow != 0 {
                    state.post.overflowed = true
                } else {
                    state.post.events[event.watch, default: FolderEvents()].add(event)
                }
            }
            if state.post.events.count > Self.capacity {
                state.post.events = [:]
                state.post.overflowed = true
            }
            return first
        }
        if first { wake() }
    }

    // MARK: For the scanner's thread

    /// Hands an instance to the reader's thread.
    func offer(_ instance: NotifyInstance) {
        state.withLock { $0.instance = instance }
        readerBell.signal()
    }

    func take() -> Post {
        state.withLock { state in
            let post = state.post
            state.post = Post()
            state.inHand = !post.isEmpty
            return post
        }
    }

    func publish(_ status: InboxStatus) {
        state.withLock { state in
            state.status = status
            state.inHand = false
        }
    }

    /// Blocks the calling thread until a message arrives or the time has come.
    func wait(until instant: ContinuousClock.Instant) {
        bell.wait(atMost: ContinuousClock.now.duration(to: instant))
    }
}
