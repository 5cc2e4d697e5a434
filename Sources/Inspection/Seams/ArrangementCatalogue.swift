import Station

/// The arrangements that real mistakes produce: files swapped, faces turned or mirrored, the ring of sides shifted.
///
/// Arrangements that no seam can distinguish are one entry, with the simplest explanation.
struct ArrangementCatalogue: Sendable {
    struct Entry: Sendable {
        var joints: [UInt16]
        var effort: Double
        var arrangement: FaceArrangement
        /// Another explanation for the same seams that is almost as simple; the pictures do not show which of the two applies.
        var alternative: FaceArrangement?
    }

    /// The faces as named come first.
    let entries: [Entry]

    static let shared = ArrangementCatalogue()

    private init() {
        var found: [[UInt16]: Entry] = [:]
        for arrangement in Self.mistakes() {
            let (joints, effort) = (arrangement.joints, arrangement.effort)
            guard var entry = found[joints] else {
                found[joints] = Entry(joints: joints, effort: effort, arrangement: arrangement)
                continue
            }
            if effort < entry.effort {
                entry.alternative = entry.effort - effort <= 1 ? entry.arrangement : nil
                (entry.effort, entry.arrangement) = (effort, arrangement)
            } else if effort - entry.effort <= 1, arrangement != entry.arrangement, entry.alternative == nil {
                entry.alternative = arrangement
            }
            found[joints] = entry
        }
        entries = found.values.sorted {
            ($0.effort, $0.joints.lexicographicKey) < ($1.effort, $1.joints.lexicographicKey)
        }
    }

    private static func mistakes() -> [FaceArrangement] {
        var all = permutations(Face.allCases).map { files in
            FaceArrangement(Dictionary(uniqueKeysWithValues: zip(Face.allCases, files.map { .init($0) })))
        }
        // Two faces, in their own places or swapped, turned in any way.
        for (index, first) in Face.allCases.enumerated() {
            for second in Face.allCases[(index + 1)...] {
                for turn in FaceTurn.all {
                    for other in FaceTurn.all {
                        all.append(FaceArrangement([first: .init(first, turn), second: .init(second, other)]))
                        all.append(FaceArrangement([first: .init(second, turn), second: .init(first, other)]))
                    }
                }
            }
        }
        // The four sides shifted or reversed, with the top and bottom in any position.
        let ring: [Face] = [.front, .right, .back, .left]
        for shift in 0..<4 {
            for step in [1, 3] {
                var sides: [Face: FaceArrangement.Place] = [:]
                for place in 0..<4 { sides[ring[place]] = .init(ring[(place * step + shift) % 4]) }
                for turn in FaceTurn.all {
                    for other in FaceTurn.all {
                        sides[.top] = .init(.top, turn)
                        sides[.bottom] = .init(.bottom, other)
                        all.append(FaceArrangement(sides))
                        sides[.top] = .init(.bottom, turn)
                        sides[.bottom] = .init(.top, other)
                        all.append(FaceArrangement(sides))
                    }
                }
            }
        }
        for turn in FaceTurn.all {
            all.append(FaceArrangement(Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, .init($0, turn)) })))
        }
        return all
    }

    private static func permutations(_ faces: [Face]) -> [[Face]] {
        guard faces.count > 1 else { return [faces] }
        return faces.indices.flatMap { index in
            var rest = faces
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}

extension [UInt16] {
    /// Gives entries of equal effort the same order in every process.
    fileprivate var lexicographicKey: String { map { String($0 + 10000) }.joined() }
}
