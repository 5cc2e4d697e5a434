import Station

/// Finds the nearest of many places: a k-d tree, which stays quick when most places are in one spot and one is 10 km away.
///
/// Made in O(n log² n); a query takes O(log n) where places are spread.
struct NearestPlaces {
    struct Neighbour: Equatable {
        /// Which place, by its index in the given ones.
        var index: Int
        /// Metres.
        var distance: Double
    }

    private let places: [Vector3]
    /// The tree in one array: the middle of each range is its root, and the axes take turns.
    private let order: [Int]

    /// - Parameter places: Finite.
    init(_ places: [Vector3]) {
        self.places = places
        var order = Array(places.indices)
        Self.arrange(&order, 0..<order.count, axis: 0, places)
        self.order = order
    }

    /// The `count` nearest places to one of them, without itself, the nearest first.
    func neighbours(of index: Int, count: Int) -> [Neighbour] {
        var found: [Neighbour] = []
        guard count > 0 else { return found }
        search(order.indices, axis: 0, from: index, count: count, &found)
        return found
    }

    private func search(_ range: Range<Int>, axis: Int, from index: Int, count: Int, _ found: inout [Neighbour]) {
        guard !range.isEmpty else { return }
        let middle = range.lowerBound + range.count / 2
        let (here, own) = (places[order[middle]], places[index])
        if order[middle] != index {
            let neighbour = Neighbour(index: order[middle], distance: here.distance(to: own))
            if found.count < count || neighbour.distance < found[found.count - 1].distance {
                let at = found.firstIndex { neighbour.distance < $0.distance } ?? found.count
                found.insert(neighbour, at: at)
                if found.count > count { found.removeLast() }
            }
        }
        let offset = Self.coordinate(own, axis) - Self.coordinate(here, axis)
        let (lower, upper) = (range.lowerBound..<middle, (middle + 1)..<range.upperBound)
        let next = (axis + 1) % 3
        search(offset < 0 ? lower : upper, axis: next, from: index, count: count, &found)
        // The other side can only help if the border is nearer than what has been found.
        if found.count < count || abs(offset) < found[found.count - 1].distance {
            search(offset < 0 ? upper : lower, axis: next, from: index, count: count, &found)
        }
    }

    private static func arrange(_ order: inout [Int], _ range: Range<Int>, axis: Int, _ places: [Vector3]) {
        guard range.count > 1 else { return }
        order[range].sort { coordinate(places[$0], axis) < coordinate(places[$1], axis) }
        let (middle, next) = (range.lowerBound + range.count / 2, (axis + 1) % 3)
        arrange(&order, range.lowerBound..<middle, axis: next, places)
        arrange(&order, (middle + 1)..<range.upperBound, axis: next, places)
    }

    private static func coordinate(_ place: Vector3, _ axis: Int) -> Double {
        switch axis {
        case 0: place.x
        case 1: place.y
        default: place.z
        }
    }
}
