import DropFolder
import Station

extension FaceFinding {
    /// Says which faces are missing, and what the images that name no face have to do with it.
    ///
    /// `panoramas` are those unassigned images that are twice as wide as high.
    func reportMissing(
        scheme: FaceScheme?,
        panoramas: [String: ImageFacts],
        findings: inout StationFindings
    ) {
        guard !missing.isEmpty else { return }
        let isNothingFound = missing.count == Face.allCases.count
        if isNothingFound, !misnamed.isEmpty, let intended = FaceNaming.intendedName(of: misnamed[0]) {
            findings.refuse(
                .misNamed,
                "\(Self.list(misnamed)) \(misnamed.count == 1 ? "is a picture" : "are pictures") with an unusual ending: rename "
                    + "\(printable(misnamed[0], limit: 80)) to \(printable(intended, limit: 80))\(misnamed.count == 1 ? "" : " and the others alike").",
                file: misnamed[0]
            )
            return
        }
        let isMapped = if case .map = scheme { true } else { false }
        if isNothingFound, !isMapped, let (name, size) = panoramas.min(by: { $0.key < $1.key }) {
            findings.refuse(
                .equirectangular,
                "\(printable(name)) is one equirectangular panorama (\(size.width) × \(size.height)), but drop360 takes six cube "
                    + "faces: convert it (for instance with py360convert) and drop front, back, left, right, top and bottom, or have the "
                    + "operator set `equirect: convert` for this inbox.",
                file: name
            )
            return
        }
        if isNothingFound, !isMapped, unassigned.isEmpty, foreign.count >= Face.allCases.count {
            findings.refuse(
                .imageFormat,
                "\(Self.list(foreign)) are no JPEG or PNG by their endings: convert them to one of them."
            )
            return
        }
        if isNothingFound, !isMapped, unassigned.count >= Face.allCases.count {
            if case .preset(let preset) = scheme {
                findings.refuse(
                    .faceNamesUnknown,
                    "The names \(Self.list(unassigned)) are not those of the preset \(preset.rawValue), which end in \(preset.words): "
                        + "correct `faces`, or name them front, back, left, right, top and bottom."
                )
                return
            }
            findings.refuse(
                .faceNamesUnknown,
                "The names \(Self.list(unassigned)) do not tell which face is which, and numbers and axes are not guessed: name "
                    + "them front, back, left, right, top and bottom, list them in the sidecar's `faces`, or set the "
                    + "preset that the program uses: \(FacePreset.allCases.map(\.rawValue).joined(separator: ", "))."
            )
            return
        }
        findings.wait(.faceMissing, missingWords(scheme: scheme, isNothingFound: isNothingFound))
    }

    private func missingWords(scheme: FaceScheme?, isNothingFound: Bool) -> String {
        if case .map(let map) = scheme {
            let expected = missing.map { "\(printable(map[$0] ?? "", limit: 80)) (\($0.rawValue))" }
            return "Of the files that `faces` names, \(expected.joined(separator: ", ")) "
                + (expected.count == 1 ? "is" : "are") + " missing: add what is missing or correct `faces`."
        }
        let names = missing.map(\.rawValue)
        let nameless = unassigned.isEmpty ? "" : " The name of \(Self.list(unassigned)) does not tell a face."
        let ending =
            misnamed.isEmpty ? "" : " \(Self.list(misnamed)): an unusual ending for a picture, and no face's name."
        let unclear = nameless + ending + (foreign.isEmpty ? "" : " \(Self.list(foreign)): no JPEG or PNG, convert it.")
        if isNothingFound {
            return "None of the six faces is here: add front, back, left, right, top and bottom.\(unclear)"
        }
        let list = Self.list(names, limit: 6)
        return names.count == 1
            ? "The face \(list) is missing: add \(list).jpg.\(unclear)"
            : "The faces \(list) are missing: add them.\(unclear)"
    }
}
