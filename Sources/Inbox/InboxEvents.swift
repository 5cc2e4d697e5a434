import Synchronization

/// The events of all inboxes, in order, for one consumer.
///
/// Bounded: while ``capacity`` events wait, quiet stations are held back, and listed again before they are emitted.
package struct InboxEvents: AsyncSequence, Sendable {
    package typealias Element = InboxEvent
    package typealias Failure = Never

    /// Stations that may wait here.
    static let capacity = 256

    private let stream: AsyncStream<InboxEvent>
    private let continuation: AsyncStream<InboxEvent>.Continuation
    private let waiting: Waiting
    private let wake: @Sendable () -> Void

    private final class Waiting: Sendable {
        let count = Atomic(0)
    }

    /// - Parameter wake: Called when a consumer has made room again.
    init(wake: @escaping @Sendable () -> Void) {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
        waiting = Waiting()
        self.wake = wake
    }

    /// How many more events may be put in now.
    var room: Int { Swift.max(0, Self.capacity - waiting.count.load(ordering: .acquiring)) }

    func put(_ event: InboxEvent) {
        waiting.count.add(1, ordering: .acquiringAndReleasing)
        continuation.yield(event)
    }

    func finish() { continuation.finish() }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncStream<InboxEvent>.Iterator
        fileprivate let took: @Sendable () -> Void

        package mutating func next() async -> InboxEvent? { await next(isolation: nil) }

        package mutating func next(isolation actor: isolated (any Actor)?) async -> InboxEvent? {
            guard let event = await base.next(isolation: actor) else { return nil }
            took()
            return event
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: stream.makeAsyncIterator()) { [waiting, wake] in
            let before = waiting.count.subtract(1, ordering: .acquiringAndReleasing).oldValue
            if before == Self.capacity { wake() }
        }
    }
}
