import Station

/// Detects whether two faces show the same picture, regardless of the program that wrote the files.
struct PictureSimilarity {
    /// Brightness on a grid, row after row (0…255).
    private let grid: [Float]
    /// The same without structures larger than a cell: the part in which two pictures of similar fog or walls differ.
    private let detail: [Float]
    /// The standard deviation of the grid.
    private let spread: Float

    private static let cells = 64
    /// Below this spread a picture has nearly one colour: white walls look alike.
    private static let leastSpread: Float = 6
    /// How much a re-encoded copy may differ from the original, apart from overall brightness: a fraction of the spread.
    private static let largestDifference: Float = 0.1
    private static let closeDifference: Float = 0.03
    /// The correlation of detail that two copies have, but two pictures of one wall or fog do not; closely matching pictures need less, since
    /// they may have little detail.
    private static let leastCorrelation: Float = 0.85
    private static let closeCorrelation: Float = 0.4

    init?(_ picture: Picture) {
        let (width, height, cells) = (picture.width, picture.height, Self.cells)
        guard min(width, height) >= cells else { return nil }
        grid = picture.pixels.withUnsafeBufferPointer { pixels in
            (0..<cells * cells).map { cell in
                let rows = (cell / cells * height / cells)..<((cell / cells + 1) * height / cells)
                let columns = (cell % cells * width / cells)..<((cell % cells + 1) * width / cells)
                var sum = 0
                for y in rows {
                    for index in (y * width + columns.lowerBound) * 3..<(y * width + columns.upperBound) * 3 {
                        sum += Int(pixels[index])
                    }
                }
                return Float(sum) / Float(rows.count * columns.count * 3)
            }
        }
        spread = Self.deviation(grid)
        detail = Self.detail(of: grid)
    }

    /// Whether the picture shows hardly anything.
    var isPlain: Bool { spread < Self.leastSpread }

    /// Whether both are the same picture, perhaps encoded twice.
    func isSame(as other: PictureSimilarity) -> Bool {
        guard !isPlain, !other.isPlain else { return false }
        let differences = zip(grid, other.grid).map { $0 - $1 }
        guard differences.contains(where: { $0 != 0 }) else { return true }
        let offset = differences.reduce(0, +) / Float(differences.count)
        let difference = differences.reduce(0) { $0 + abs($1 - offset) } / Float(differences.count)
        let part = difference / min(spread, other.spread)
        guard part <= Self.largestDifference, abs(offset) <= 8 else { return false }
        let (own, others) = (Self.deviation(detail), Self.deviation(other.detail))
        guard own > 0, others > 0 else { return false }
        let product = zip(detail, other.detail).reduce(0) { $0 + $1.0 * $1.1 } / Float(detail.count)
        let correlation = product / (own * others)
        return correlation >= (part <= Self.closeDifference ? Self.closeCorrelation : Self.leastCorrelation)
    }

    private static func deviation(_ values: [Float]) -> Float {
        let mean = values.reduce(0, +) / Float(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)).squareRoot()
    }

    /// Each cell minus the mean of its neighbours.
    private static func detail(of grid: [Float]) -> [Float] {
        grid.indices.map { index in
            let (x, y) = (index % cells, index / cells)
            var (sum, count) = (Float(0), Float(0))
            for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
                guard (0..<cells).contains(x + dx), (0..<cells).contains(y + dy) else { continue }
                sum += grid[index + dy * cells + dx]
                count += 1
            }
            return grid[index] - sum / count
        }
    }
}

/// A few hundred pixels of a picture, to distinguish most pairs cheaply.
private struct PictureSample {
    private let values: [Int]

    private static let points = 16
    /// The average brightness difference at single points that two copies never reach.
    private static let limit = 14

    init(_ picture: Picture) {
        values = (0..<Self.points * Self.points).map { point in
            let x = (2 * (point % Self.points) + 1) * picture.width / (2 * Self.points)
            let y = (2 * (point / Self.points) + 1) * picture.height / (2 * Self.points)
            // Green contributes most to brightness.
            return Int(picture.pixels[(y * picture.width + x) * 3 + 1])
        }
    }

    func mayBeSame(as other: PictureSample) -> Bool {
        let sum = zip(values, other.values).reduce(0) { $0 + abs($1.0 - $1.1) }
        return sum <= Self.limit * values.count
    }
}

extension StationInspection {
    /// Refuses a picture that is used for several faces.
    ///
    /// - Returns: Whether one was refused.
    mutating func refuseRepeated(_ checks: [Face: FaceCheck]) -> Bool {
        let faces = Face.allCases.compactMap { face -> (face: Face, picture: Picture, sample: PictureSample)? in
            checks[face]?.picture.map { (face, $0, PictureSample($0)) }
        }
        var taken: Set<Face> = []
        var similarities: [Face: PictureSimilarity] = [:]
        func isSame(_ one: Int, _ other: Int) -> Bool {
            guard faces[one].sample.mayBeSame(as: faces[other].sample) else { return false }
            let pair = [one, other].compactMap { index -> PictureSimilarity? in
                let known = similarities[faces[index].face] ?? PictureSimilarity(faces[index].picture)
                similarities[faces[index].face] = known
                return known
            }
            return pair.count == 2 && pair[0].isSame(as: pair[1])
        }
        for (index, first) in faces.enumerated() where !taken.contains(first.face) {
            let copies = faces.indices.filter { $0 > index && isSame(index, $0) }.map { faces[$0] }
            guard !copies.isEmpty else { continue }
            taken.formUnion(copies.map(\.face))
            let names = ([first] + copies).compactMap { files[$0.face] }
            findings.refuse(
                .faceRepeated,
                "\(FaceFinding.list(names, limit: 6)) show the same picture, but each face is different. Replace the wrong "
                    + "\(copies.count == 1 ? "one" : "ones").",
                file: names.last
            )
        }
        return !taken.isEmpty
    }
}
