import Station

/// Finds the nearest of many places: a k-d tree, which stays quick when most places are in one spot and one is 10 km away.
///
/// Each part is split across the axis along which it is longest: on a level site heights, which hardly differ, are never asked for. Made in
/// O(n log n); a query takes O(log n) where places are spread.
struct NearestPlaces {
    struct Neighbour: Equatable {
        /// Which place, by its index in the given ones.
        var index: Int
        /// Metres.
        var distance: Double
    }

    private struct Node {
        var place: Vector3
        var index: Int
        /// Across which its part is split: 0, 1 or 2 for x, y or z.
        var axis = 0
    }

    private let places: [Vector3]
    /// The tree in one array: the middle of each range is its root.
    private let nodes: [Node]

    /// - Parameter places: Finite.
    init(_ places: [Vector3]) {
        self.places = places
        var nodes = places.enumerated().map { Node(place: $1, index: $0) }
        Self.arrange(&nodes, 0, nodes.count)
        self.nodes = nodes
    }

    /// The `count` nearest places to one of them, without itself, the nearest first.
    func neighbours(of index: Int, count: Int) -> [Neighbour] {
        guard count > 0 else { return [] }
        var found: [Neighbour] = []
        found.reserveCapacity(count + 1)
        search(0, nodes.count, places[index], besides: index, count, &found)
        // They were compared by the squares.
        for place in found.indices { found[place].distance = found[place].distance.squareRoot() }
        return found
    }

    private func search(
        _ start: Int,
        _ end: Int,
        _ own: Vector3,
        besides index: Int,
        _ count: Int,
        _ found: inout [Neighbour]
    ) {
        guard start < end else { return }
        let middle = start + (end - start) / 2
        let node = nodes[middle]
        if node.index != index { Self.take(node, Self.square(node.place, own), count, &found) }
        let offset = Self.coordinate(own, node.axis) - Self.coordinate(node.place, node.axis)
        if offset < 0 {
            search(start, middle, own, besides: index, count, &found)
        } else {
            search(middle + 1, end, own, besides: index, count, &found)
        }
        // The other side can only help if the border is nearer than what has been found.
        guard found.count < count || offset * offset < found[found.count - 1].distance else { return }
        if offset < 0 {
            search(middle + 1, end, own, besides: index, count, &found)
        } else {
            search(start, middle, own, besides: index, count, &found)
        }
    }

    private static func take(_ node: Node, _ square: Double, _ count: Int, _ found: inout [Neighbour]) {
        if found.count == count {
            guard square < found[count - 1].distance else { return }
            found.removeLast()
        }
        var at = found.count
        while at > 0, square < found[at - 1].distance { at -= 1 }
        found.insert(Neighbour(index: node.index, distance: square), at: at)
    }

    private static func square(_ one: Vector3, _ other: Vector3) -> Double {
        let (x, y, z) = (one.x - other.x, one.y - other.y, one.z - other.z)
        return x * x + y * y + z * z
    }

    /// Makes the part of `nodes` from `start` up to `end` a tree.
    private static func arrange(_ nodes: inout [Node], _ start: Int, _ end: Int) {
        guard end - start > 1 else { return }
        let (axis, middle) = (longestAxis(nodes, start, end), start + (end - start) / 2)
        select(&nodes, start, end, middle, axis)
        nodes[middle].axis = axis
        arrange(&nodes, start, middle)
        arrange(&nodes, middle + 1, end)
    }

    private static func longestAxis(_ nodes: [Node], _ start: Int, _ end: Int) -> Int {
        var (low, high) = (nodes[start].place, nodes[start].place)
        for place in start + 1..<end {
            let here = nodes[place].place
            if here.x < low.x { low.x = here.x } else if here.x > high.x { high.x = here.x }
            if here.y < low.y { low.y = here.y } else if here.y > high.y { high.y = here.y }
            if here.z < low.z { low.z = here.z } else if here.z > high.z { high.z = here.z }
        }
        let (x, y, z) = (high.x - low.x, high.y - low.y, high.z - low.z)
        return x >= y && x >= z ? 0 : y >= z ? 1 : 2
    }

    /// Puts the node that would be at `wanted` if the part were sorted there, smaller ones before and larger ones behind it.
    private static func select(_ nodes: inout [Node], _ start: Int, _ end: Int, _ wanted: Int, _ axis: Int) {
        var (first, last) = (start, end - 1)
        while first < last {
            let pivot = coordinate(nodes[first + (last - first) / 2].place, axis)
            var (low, high) = (first, last)
            while low <= high {
                while coordinate(nodes[low].place, axis) < pivot { low += 1 }
                while coordinate(nodes[high].place, axis) > pivot { high -= 1 }
                guard low <= high else { break }
                nodes.swapAt(low, high)
                (low, high) = (low + 1, high - 1)
            }
            if wanted <= high { last = high } else if wanted >= low { first = low } else { return }
        }
    }

    private static func coordinate(_ place: Vector3, _ axis: Int) -> Double {
        switch axis {
        case 0: place.x
        case 1: place.y
        default: place.z
        }
    }
}
