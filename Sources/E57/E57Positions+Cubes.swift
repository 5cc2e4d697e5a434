import Foundation
import Station

extension E57Positions {
    /// Finds sets of six pinhole pictures that show the whole sphere from one place; skips the rest.
    ///
    /// Six pictures of one place are one set if they see everything. Where there are more, only pictures of one kind of camera are taken together,
    /// six after six in the file's order: nothing is tried out until it fits.
    mutating func collectCubes(_ pinholes: [E57View]) -> [[E57View]] {
        var cubes: [[E57View]] = []
        for group in PlaceGroups(pinholes).groups {
            guard group.count >= 6 else {
                for view in group { skip(view.image, Self.tooFew(group)) }
                continue
            }
            let (sets, rest) = Self.sets(of: group)
            cubes += sets
            for view in rest { skip(view.image, Self.noSet(group, sets)) }
        }
        return cubes
    }

    private static func sets(of group: [E57View]) -> (sets: [[E57View]], rest: [E57View]) {
        if group.count == 6, SphereCoverage.isWhole(group) { return ([group], []) }
        var byCamera: [Camera: [E57View]] = [:]
        for view in group { byCamera[Camera(view), default: []].append(view) }
        var (sets, rest): ([[E57View]], [E57View]) = ([], [])
        // In the file's order, not in that of the table.
        for views in byCamera.values.sorted(by: { $0[0].image.number < $1[0].image.number }) {
            let sixes = stride(from: 0, to: views.count, by: 6).map { Array(views[$0..<min($0 + 6, views.count)]) }
            // One set that fits and one that does not are a sign that the order is not what it seems.
            if sixes.allSatisfy({ $0.count == 6 && SphereCoverage.isWhole($0) }) {
                sets += sixes
            } else {
                rest += views
            }
        }
        return (sets, rest)
    }

    private static func tooFew(_ group: [E57View]) -> String {
        group.count == 1
            ? "It is a single photograph: no other picture was taken from its place, and a cube needs six."
            : "Only \(group.count) photographs were taken from its place (\(words(group))), and a cube needs six."
    }

    private static func noSet(_ group: [E57View], _ sets: [[E57View]]) -> String {
        if !sets.isEmpty {
            return
                "It was taken from the place of a complete cube (\(words(sets[0]))), and does not belong to one itself."
        }
        return group.count == 6
            ? "The six photographs of its place (\(words(group))) do not show everything around it."
            : "\(group.count) photographs were taken from its place (\(words(group))), and they are not sets of six that show everything around it."
    }

    /// What pictures of one cube have in common.
    private struct Camera: Hashable {
        var width, height: Int
        /// Pixels of focal length, rounded to a thousandth.
        var focal: Double

        init(_ view: E57View) {
            (width, height) = (view.picture.width, view.picture.height)
            if case .pinhole(let focalLength, let pixelWidth, _, _, _) = view.projection {
                focal = (focalLength / pixelWidth * 1000).rounded()
            } else {
                focal = 0
            }
        }
    }
}

/// Pictures that were taken from the same place, and belong to the same scan where they name one.
struct PlaceGroups {
    /// Metres.
    static let tolerance = 0.001

    /// In the order of their first pictures.
    private(set) var groups: [[E57View]] = []
    private var byCell: [Cell: [Int]] = [:]

    private struct Cell: Hashable {
        var scan: String?
        var x, y, z: Double
    }

    init(_ views: [E57View]) {
        for view in views {
            if let index = index(of: view) {
                groups[index].append(view)
            } else {
                byCell[Self.cell(view), default: []].append(groups.count)
                groups.append([view])
            }
        }
    }

    /// Looks in the cells around: two places within a cell's width are in neighbouring ones.
    private func index(of view: E57View) -> Int? {
        let cell = Self.cell(view)
        for (dx, dy, dz) in Self.around {
            let near = Cell(scan: cell.scan, x: cell.x + dx, y: cell.y + dy, z: cell.z + dz)
            let found = byCell[near]?.first { groups[$0][0].place.distance(to: view.place) <= Self.tolerance }
            if let found { return found }
        }
        return nil
    }

    private static func cell(_ view: E57View) -> Cell {
        func part(_ metres: Double) -> Double { (metres / tolerance).rounded(.down) }
        return Cell(
            scan: view.image.scanGUID,
            x: part(view.place.x),
            y: part(view.place.y),
            z: part(view.place.z)
        )
    }

    private static let around: [(Double, Double, Double)] = [0.0, -1, 1].flatMap { x in
        [0.0, -1, 1].flatMap { y in [0.0, -1, 1].map { (x, y, $0) } }
    }
}

/// Whether pinhole pictures see in all directions.
///
/// It holds in the standard's camera frame exactly if it holds in that of computer vision, as long as the axis is in the middle: each picture
/// then shows the opposite direction.
enum SphereCoverage {
    /// How far outside of a picture a direction may be, as a fraction of the focal length: cubes are rarely exact.
    private static let slack = 0.02

    static func isWhole(_ views: [E57View]) -> Bool {
        directions.allSatisfy { direction in views.contains { sees(direction, $0) } }
    }

    private static func sees(_ direction: Vector3, _ view: E57View) -> Bool {
        guard case .pinhole(let focalLength, let pixelWidth, let pixelHeight, let x, let y) = view.projection else {
            return false
        }
        let d = view.rotation.transposed.applied(to: direction)
        guard d.z < 0 else { return false }
        let (fx, fy) = (focalLength / pixelWidth, focalLength / pixelHeight)
        let (column, row) = (x - d.x / d.z * fx, y + d.y / d.z * fy)
        return column >= -slack * fx && column <= Double(view.picture.width) + slack * fx
            && row >= -slack * fy && row <= Double(view.picture.height) + slack * fy
    }

    /// Spread over the sphere evenly (a Fibonacci lattice), some six degrees apart.
    private static let directions: [Vector3] = (0..<1000).map { index in
        let z = 1 - (2 * Double(index) + 1) / 1000
        let (r, angle) = ((1 - z * z).squareRoot(), Double(index) * .pi * (3 - 5.0.squareRoot()))
        return Vector3(x: r * cos(angle), y: r * sin(angle), z: z)
    }
}
