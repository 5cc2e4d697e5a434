package import Station

/// The result of comparing the seams of the six faces.
package enum SeamVerdict: Equatable, Sendable {
    /// The faces fit as named, and in no other way.
    case fit
    /// They fit in another arrangement, and clearly better than as named.
    ///
    /// - Parameters:
    ///   - arrangement: Which file belongs where: the simplest explanation.
    ///   - alternative: Another explanation with the same seams that is almost as simple.
    case wrong(FaceArrangement, or: FaceArrangement?)
    /// The edges do not meet in any arrangement, although they show plenty of detail.
    ///
    /// - Parameter degrees: The rendered width of each face, if the lines that should be its edges were found inside it.
    case apart(degrees: Double?)
    /// The pictures do not show it: fog, night, a white wall, or something that no usual mistake explains.
    case unclear
}

/// Detects swapped, turned and mirrored faces by comparing the pictures at the twelve edges of the cube.
package enum SeamCheck {
    /// How much better the best explanation must be than the faces as named: brightness steps, summed over twelve seams.
    private static let leastGain: Float = 10
    /// How much better it must be than the second best.
    private static let leastMargin: Float = 6
    /// The same, as a fraction of the best one's cost.
    private static let relativeMargin: Float = 0.15
    /// No seam above this fits: two unrelated edges cost about 45.
    private static let worstSeam: Float = 35
    /// What one more swap or turn must gain.
    private static let costOfEffort: Float = 1

    /// Compares the seams of these six square pictures, as named.
    package static func verdict(of pictures: [Face: Picture]) -> SeamVerdict {
        let verdict = verdict(
            pictures.mapValues { picture in
                picture.pixels.withUnsafeBufferPointer { FaceBorder(pixels: $0, edge: picture.width, channels: 3) }
            }
        )
        let ordered = Face.allCases.compactMap { pictures[$0] }
        guard ordered.count == Face.allCases.count, Set(ordered.map(\.width)).count == 1 else { return verdict }
        let gap = SeamGap(ordered)
        switch verdict {
        // Lines that meet inside the faces are not a coincidence.
        case .fit, .unclear:
            if let degrees = gap.width() { return .apart(degrees: degrees) }
            return verdict == .unclear && gap.isEverywhere() ? .apart(degrees: nil) : verdict
        case .wrong, .apart: return verdict
        }
    }

    /// The mismatch at each seam of the cube for the faces as named: 0 is a perfect fit; two unrelated edges give about 45.
    ///
    /// - Returns: In the order of `CubeSeam.all`; empty if a face is missing or has a different size.
    static func mismatches(of pictures: [Face: Picture]) -> [Float] {
        let borders = Face.allCases.compactMap { face in
            pictures[face].map { picture in
                picture.pixels.withUnsafeBufferPointer { FaceBorder(pixels: $0, edge: picture.width, channels: 3) }
            }
        }
        guard borders.count == Face.allCases.count, Set(borders.map(\.samples)).count == 1 else { return [] }
        let costs = SeamCosts(borders)
        return CubeSeam.all.map { seam in
            let edges = [seam.first, seam.second].map { $0.face.rank * 4 + $0.edge.rawValue }
            return costs[SeamCosts.index(edges[0], edges[1], isReversed: true)]
        }
    }

    /// - Parameter borders: Of all six faces; with fewer, or different sizes, the result is ``SeamVerdict/unclear``.
    static func verdict(_ borders: [Face: FaceBorder]) -> SeamVerdict {
        let ordered = Face.allCases.compactMap { borders[$0] }
        guard ordered.count == Face.allCases.count, Set(ordered.map(\.samples)).count == 1 else { return .unclear }
        return verdict(SeamCosts(ordered))
    }

    private static func verdict(_ costs: SeamCosts) -> SeamVerdict {
        let entries = ArrangementCatalogue.shared.entries
        var best: (index: Int, cost: Float, score: Float) = (0, 0, .infinity)
        var second = Float.infinity
        var asNamed: Float = 0
        for (index, entry) in entries.enumerated() {
            let cost = costs.sum(entry.joints)
            if index == 0 { asNamed = cost }
            let score = cost + costOfEffort * Float(entry.effort)
            if score < best.score {
                second = best.score
                best = (index, cost, score)
            } else if score < second {
                second = score
            }
        }
        let isClear = second - best.score >= max(leastMargin, relativeMargin * best.cost)
        let worst = entries[best.index].joints.map { costs[$0] }.max() ?? 0
        guard isClear, worst <= worstSeam else { return .unclear }
        if best.index == 0 { return .fit }
        guard asNamed - best.cost >= leastGain else { return .unclear }
        return .wrong(entries[best.index].arrangement, or: entries[best.index].alternative)
    }
}
