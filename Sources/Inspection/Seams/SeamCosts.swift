import Station

/// The mismatch of any two edges of different files, in either direction: small if they look like the same line in space.
struct SeamCosts: Sendable {
    private var values: [Float]

    /// Larger brightness differences all count the same.
    private static let ceiling: Float = 60
    /// Exposure differences between two faces up to this are free; beyond it they cost `offsetWeight` per step.
    private static let tolerance: Float = 8
    private static let largestOffset: Float = 40
    private static let offsetWeight: Float = 0.25

    /// The table index of two edges (file · 4 + edge); the same for both orders.
    static func index(_ a: Int, _ b: Int, isReversed: Bool) -> UInt16 {
        UInt16((min(a, b) * 24 + max(a, b)) * 2 + (isReversed ? 1 : 0))
    }

    subscript(_ joint: UInt16) -> Float { values[Int(joint)] }

    /// The sum over some joints.
    func sum(_ joints: [UInt16]) -> Float {
        values.withUnsafeBufferPointer { values in
            var sum: Float = 0
            for joint in joints { sum += values[Int(joint)] }
            return sum
        }
    }

    /// - Parameter borders: In the order of `Face.allCases`, with equally many samples.
    init(_ borders: [FaceBorder]) {
        values = [Float](repeating: 0, count: 24 * 24 * 2)
        let isGray = borders.contains(where: \.isGray)
        let edges = borders.flatMap { isGray ? $0.grayEdges : $0.edges }
        let medians = edges.map { edge in (0..<3).map { Self.median(edge, channel: $0) } }
        for a in 0..<24 {
            for b in (a + 1)..<24 where a / 4 != b / 4 {
                // A face that is brighter overall may still be in the right place.
                let offsets = (0..<3).map { channel in
                    max(-Self.largestOffset, min(Self.largestOffset, medians[a][channel] - medians[b][channel]))
                }
                for isReversed in [false, true] {
                    values[Int(Self.index(a, b, isReversed: isReversed))] =
                        Self.cost(edges[a], edges[b], offsets, isReversed)
                }
            }
        }
    }

    private static func cost(_ first: [Float], _ second: [Float], _ offsets: [Float], _ isReversed: Bool) -> Float {
        let samples = first.count / 3
        let (red, green, blue) = (offsets[0], offsets[1], offsets[2])
        var sum: Float = 0
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                var own = 0
                var other = isReversed ? (samples - 1) * 3 : 0
                let step = isReversed ? -3 : 3
                while own < samples * 3 {
                    let difference =
                        abs(first[own] - second[other] - red) + abs(first[own + 1] - second[other + 1] - green)
                        + abs(first[own + 2] - second[other + 2] - blue)
                    sum += min(difference / 3, ceiling)
                    own += 3
                    other += step
                }
            }
        }
        let offset = (abs(red) + abs(green) + abs(blue)) / 3
        return sum / Float(samples) + offsetWeight * max(offset - tolerance, 0)
    }

    private static func median(_ edge: [Float], channel: Int) -> Float {
        let sorted = stride(from: channel, to: edge.count, by: 3).map { edge[$0] }.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
