import Synchronization

/// The places for event streams: each holds a connection for as long as a page is open, and there are only so many.
final class StreamPlaces: Sendable {
    /// One place, taken until nobody holds it any more.
    final class Place: Sendable {
        private let places: StreamPlaces

        fileprivate init(_ places: StreamPlaces) { self.places = places }

        deinit { places.taken.withLock { $0 -= 1 } }
    }

    private let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) { self.limit = limit }

    var count: Int { taken.withLock { $0 } }

    /// A place; nil where all are taken.
    func take() -> Place? {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        return isFree ? Place(self) : nil
    }
}
