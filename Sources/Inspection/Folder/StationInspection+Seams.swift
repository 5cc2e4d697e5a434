import Station

extension StationInspection {
    /// Checks whether the faces fit the places that their names give them.
    mutating func checkSeams(_ checks: [Face: FaceCheck], scheme: FaceScheme?) {
        guard rules.seams != .off, checks.values.count(where: { $0.image != nil }) == Face.allCases.count else {
            return
        }
        let verdict = SeamCheck.verdict(of: checks.compactMapValues(\.picture))
        seams = verdict
        let arrangement: FaceArrangement
        let alternative: FaceArrangement?
        switch verdict {
        case .fit: return
        case .unclear:
            findings.note(
                .seamsUnclear,
                "The edges of the faces do not show whether each face is in its place (because of fog, night, bare walls or a frame around each "
                    + "face). This is not an error; look at the pictures if you are not sure."
            )
            return
        case .apart(let degrees): return report(.seamsApart, Self.words(forFacesOf: degrees))
        case .wrong(let best, let other): (arrangement, alternative) = (best, other)
        }
        var words = "The edges of the faces do not meet: \(arrangement.words). To fix it: \(arrangement.remedy)."
        if let alternative { words += " Alternatively: \(alternative.words) (\(alternative.remedy))." }
        if case .preset(let preset) = scheme {
            let other = Self.preset(fitting: [arrangement, alternative].compactMap(\.self), files)
            words += " Perhaps the preset \(preset.rawValue) is wrong"
            words += other.map { ": with \($0.rawValue) they meet." } ?? "."
        }
        report(.seamsWrong, words)
    }

    private mutating func report(_ code: ProblemCode, _ words: String) {
        if rules.seams == .reject { findings.refuse(code, words) } else { findings.note(code, words) }
    }

    private static func words(forFacesOf degrees: Double?) -> String {
        guard let degrees else {
            return
                "The edges of the six faces do not meet in any order, although they show plenty of detail: they are cropped, "
                + "rendered from different places, or belong to different stations. Export all six again, each 90° wide, from one point."
        }
        return
            "The edges of the six faces do not meet: each face seems to be about \(Int(degrees.rounded()))° wide, but a face of a cube is "
            + "90° wide. Export all six again with a field of view of 90°."
    }

    /// The preset with which the same names give one of these arrangements.
    private static func preset(fitting arrangements: [FaceArrangement], _ files: [Face: String]) -> FacePreset? {
        FacePreset.allCases.first { preset in
            arrangements.contains { arrangement in
                Face.allCases.allSatisfy { face in
                    let place = arrangement[face]
                    return place.turn == .none && files[place.file].flatMap(preset.face) == face
                }
            }
        }
    }
}
