import Foundation
import Station

/// Finds stations that stand at one place: less than 0.25 m apart on the ground, and at most 1 m in height.
enum PlacesTogether {
    static let distance = 0.25
    static let height = 1.0
    /// Between two crowded cells so many are compared at most: what is in one cell has been joined already.
    private static let mostCompared = 64

    private struct Cell: Hashable {
        var x: Int
        var y: Int
    }

    /// - Returns: The indices of each group of two or more, in order.
    static func groups(of places: [Vector3]) -> [[Int]] {
        // Everything in a cell of this edge is less than `distance` apart.
        let edge = distance / 1.5
        var cells: [Cell: [Int]] = [:]
        for (index, place) in places.enumerated() {
            cells[Cell(x: cell(place.x / edge), y: cell(place.y / edge)), default: []].append(index)
        }
        var groups = Groups(count: places.count)
        for (cell, members) in cells {
            let byHeight = members.sorted { places[$0].z < places[$1].z }
            for (one, other) in zip(byHeight, byHeight.dropFirst()) where places[other].z - places[one].z <= height {
                groups.join(one, other)
            }
            for (dx, dy) in neighbours {
                guard let others = cells[Cell(x: cell.x + dx, y: cell.y + dy)] else { continue }
                for one in members.prefix(mostCompared) {
                    for other in others.prefix(mostCompared) where areTogether(places[one], places[other]) {
                        groups.join(one, other)
                    }
                }
            }
        }
        return groups.all().filter { $0.count > 1 }
    }

    private static func areTogether(_ one: Vector3, _ other: Vector3) -> Bool {
        one.flat.distance(to: other.flat) < distance && abs(one.z - other.z) <= height
    }

    /// Half of the cells within two of one, so that each pair of cells is looked at once.
    private static let neighbours: [(Int, Int)] = (-2...2).flatMap { x in
        (0...2).map { y in (x, y) }
    }.filter { $0.1 > 0 || $0.0 > 0 }

    /// Far outside of any site everything is one cell: numbers from a sidecar are at most 10 km, plus an offset.
    private static func cell(_ value: Double) -> Int { Int(max(-1e15, min(1e15, value.rounded(.down)))) }
}
