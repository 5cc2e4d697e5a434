import Station

extension StationInspection {
    /// Looks whether the faces fit where their names put them.
    mutating func checkSeams(_ checks: [Face: FaceCheck], scheme: FaceScheme?) {
        guard rules.seams != .off, checks.values.count(where: { $0.image != nil }) == Face.allCases.count else {
            return
        }
        let verdict = SeamCheck.verdict(checks.compactMapValues(\.border))
        seams = verdict
        guard case .wrong(let arrangement, let alternative) = verdict else { return }
        var words = "The edges of the faces do not meet: \(arrangement.words). To mend it: \(arrangement.remedy)."
        if let alternative { words += " Or else: \(alternative.words) (\(alternative.remedy))." }
        if case .preset(let preset) = scheme {
            let other = Self.preset(fitting: [arrangement, alternative].compactMap(\.self), files)
            words += " Perhaps the preset \(preset.rawValue) is the wrong one"
            words += other.map { ": with \($0.rawValue) they meet." } ?? "."
        }
        if rules.seams == .reject {
            findings.refuse(.seamsWrong, words)
        } else {
            findings.note(.seamsWrong, words)
        }
    }

    /// The preset by which the same names lead to one of these arrangements.
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
