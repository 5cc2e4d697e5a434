package import Station

/// What the seams of the six faces say.
package enum SeamVerdict: Equatable, Sendable {
    /// The faces fit as they are named, and would fit no other way.
    case fit
    /// They fit clearly better otherwise, and then well.
    ///
    /// - Parameters:
    ///   - arrangement: Which file belongs where: the explanation that takes the least.
    ///   - alternative: Another explanation that looks the same at every seam and takes hardly more.
    case wrong(FaceArrangement, or: FaceArrangement?)
    /// The edges do not meet, however the faces are arranged, although there is much to see at them.
    ///
    /// - Parameter degrees: How wide each face was rendered, where the lines that should be its edges lie inside it.
    case apart(degrees: Double?)
    /// The picture does not tell: fog, night, a white wall, or something that no usual mistake explains.
    case unclear
}

/// Finds swapped, turned and mirrored faces by what meets at the twelve edges of the cube.
package enum SeamCheck {
    /// By how much the best explanation must be better than the faces as named: steps of brightness, summed over twelve seams.
    private static let leastGain: Float = 10
    /// By how much it must be better than the next one.
    private static let leastMargin: Float = 6
    /// The same, as a fraction of how badly the best one still fits.
    private static let relativeMargin: Float = 0.15
    /// Above this no seam fits: two unlike edges come to about 45.
    private static let worstSeam: Float = 35
    /// What one more exchange or turn must bring.
    private static let costOfEffort: Float = 1

    /// What the seams of these six square pictures say, as they are named.
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
        // Lines that meet inside the faces are no accident.
        case .fit, .unclear:
            if let degrees = gap.width() { return .apart(degrees: degrees) }
            return verdict == .unclear && gap.isEverywhere() ? .apart(degrees: nil) : verdict
        case .wrong, .apart: return verdict
        }
    }

    /// How badly each seam of the cube fits as the faces are named: 0 for not at all badly; two unlike edges come to about 45.
    ///
    /// - Returns: In the order of `CubeSeam.all`; nothing where a face is missing or of another size.
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

    /// - Parameter borders: Of all six faces; with fewer, or of different sizes, the answer is ``SeamVerdict/unclear``.
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
