import Dispatch
import Synchronization

/// Where everybody leaves word for the scanner's thread, and where that thread leaves its status.
///
/// Bounded: events are kept as one set of folders, and where that grows too large, as "look at everything".
final class Mailbox: Sendable {
    /// What has arrived since the scanner last looked.
    struct Post: Sendable {
        /// What happened in which watched folder, by watch.
        var events: [Int32: UInt32] = [:]
        /// Events were lost, by the kernel or here.
        var overflowed = false
        var rescan = false
        var looks: [Look] = []
        var finals: [Place] = []

        var isEmpty: Bool { events.isEmpty && !overflowed && !rescan && looks.isEmpty && finals.isEmpty }
    }

    /// A folder below an inbox.
    struct Place: Hashable, Sendable {
        var inbox: String
        var path: String
    }

    /// A folder that is to be looked at again.
    struct Look: Sendable {
        var place: Place
        var due: ContinuousClock.Instant
    }

    /// More folders than this with news at once, and everything is looked at instead.
    static let capacity = 65_536

    private struct State: Sendable {
        var post = Post()
        /// The scanner has taken post and has not yet said what came of it.
        var inHand = false
        var status: InboxStatus
        var eventsRead: UInt64 = 0
    }

    private let state: Mutex<State>
    private let bell = DispatchSemaphore(value: 0)
    private let stopped = Atomic(false)

    init(status: InboxStatus) { state = Mutex(State(status: status)) }

    // MARK: For everybody

    var isStopped: Bool { stopped.load(ordering: .acquiring) }

    func stop() {
        stopped.store(true, ordering: .releasing)
        wake()
    }

    func wake() { bell.signal() }

    /// Word that has not been dealt with counts as one folder that is settling.
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

    func deliver(_ events: [NotifyEvent]) {
        let first = state.withLock { state in
            let first = state.post.isEmpty
            state.eventsRead += UInt64(events.count)
            for event in events {
                if event.mask & NotifyMask.overflow != 0 {
                    state.post.overflowed = true
                } else {
                    state.post.events[event.watch, default: 0] |= event.mask
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

    /// Blocks the calling thread until somebody leaves word or the time has come.
    func wait(until instant: ContinuousClock.Instant) {
        let left = ContinuousClock.now.duration(to: instant)
        if left > .zero {
            let nanoseconds =
                Int(left.components.seconds) * 1_000_000_000 + Int(left.components.attoseconds / 1_000_000_000)
            guard bell.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else { return }
        }
        // Several rings, one look.
        while bell.wait(timeout: .now()) == .success {}
    }
}
