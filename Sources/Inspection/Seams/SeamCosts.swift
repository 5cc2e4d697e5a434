import Station

/// How badly any two edges of different files fit together, in either direction: small where they look like one line in space.
struct SeamCosts: Sendable {
    private var values: [Float]

    /// Beyond so many steps of brightness a difference is just a difference.
    private static let ceiling: Float = 60
    /// A difference of exposure between two faces up to here costs nothing but the little of `offsetWeight`.
    private static let tolerance: Float = 8
    private static let largestOffset: Float = 40
    private static let offsetWeight: Float = 0.25

    /// The place of two edges (file · 4 + edge) in the table; the same for both orders.
    static func index(_ a: Int, _ b: Int, isReversed: Bool) -> UInt16 {
        UInt16((min(a, b) * 24 + max(a, b)) * 2 + (isReversed ? 1 : 0))
    }

    subscript(_ joint: UInt16) -> Float { values[Int(joint)] }

    /// - Parameter borders: In the order of `Face.allCases`, with equally many samples.
    init(_ borders: [FaceBorder]) {
        values = [Float](repeating: 0, count: 24 * 24 * 2)
        let isGray = borders.contains(where: \.isGray)
        let edges = borders.flatMap { isGray ? $0.grayEdges : $0.edges }
        for a in 0..<24 {
            for b in (a + 1)..<24 where a / 4 != b / 4 {
                for isReversed in [false, true] {
                    values[Int(Self.index(a, b, isReversed: isReversed))] = Self.cost(edges[a], edges[b], isReversed)
                }
            }
        }
    }

    private static func cost(_ first: [Float], _ second: [Float], _ isReversed: Bool) -> Float {
        let samples = first.count / 3
        var differences = [Float](repeating: 0, count: samples)
        var sums = [Float](repeating: 0, count: samples)
        var offsets: Float = 0
        for channel in 0..<3 {
            for sample in 0..<samples {
                let other = isReversed ? samples - 1 - sample : sample
                differences[sample] = first[sample * 3 + channel] - second[other * 3 + channel]
            }
            // One face brighter than the other, as a whole, is no other place.
            let offset = max(-largestOffset, min(largestOffset, median(differences)))
            offsets += abs(offset)
            for sample in 0..<samples { sums[sample] += abs(differences[sample] - offset) }
        }
        let mean = sums.reduce(0) { $0 + min($1 / 3, ceiling) } / Float(samples)
        return mean + offsetWeight * max(offsets / 3 - tolerance, 0)
    }

    private static func median(_ values: [Float]) -> Float {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
