import Station

/// The arrangements that real mistakes lead to: files exchanged, faces turned or mirrored, a ring of sides shifted.
///
/// Those that no seam tells apart are one entry, under the explanation that takes the least.
struct ArrangementCatalogue: Sendable {
    struct Entry: Sendable {
        var joints: [UInt16]
        var effort: Double
        var arrangement: FaceArrangement
        /// Another explanation for the same seams that takes hardly more: which of the two it is, the picture does not tell.
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
        // Two faces, each in its own place or in the other's, turned in any way.
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
        // The four sides shifted or the other way round, with the top and bottom in any position.
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
    /// Puts entries of equal effort in an order that is the same in every process.
    fileprivate var lexicographicKey: String { map { String($0 + 10000) }.joined() }
}
