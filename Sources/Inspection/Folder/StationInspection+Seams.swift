import Station

extension StationInspection {
    /// Checks whether the faces fit the places that their names give them.
    mutating func checkSeams(_ checks: [Face: FaceCheck], scheme: FaceScheme?) {
        guard rules.seams != .off, checks.values.count(where: { $0.image != nil }) == Face.allCases.count else {
            return
        }
        let verdict = SeamCheck.verdict(of: checks.compactMapValues(\.picture))
        seams = verdict
        var words = verdict.words
        let arrangements: [FaceArrangement]
        switch verdict {
        case .fit: return
        case .unclear: return findings.note(.seamsUnclear, words)
        case .apart: return report(.seamsApart, words)
        case .wrong(let best, let other): arrangements = [best, other].compactMap(\.self)
        }
        if case .preset(let preset) = scheme {
            let other = Self.preset(fitting: arrangements, files)
            words += " Perhaps the preset \(preset.rawValue) is wrong"
            words += other.map { ": with \($0.rawValue) they meet." } ?? "."
        }
        report(.seamsWrong, words)
    }

    private mutating func report(_ code: ProblemCode, _ words: String) {
        if rules.seams == .reject { findings.refuse(code, words) } else { findings.note(code, words) }
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
