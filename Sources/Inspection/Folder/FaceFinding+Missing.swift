import DropFolder
import Station

extension FaceFinding {
    /// Reports which faces are missing, and which images may be the missing ones.
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
                "\(Self.list(misnamed)) \(misnamed.count == 1 ? "is a picture" : "are pictures") with an unusual extension: rename "
                    + "\(printable(misnamed[0], limit: 80)) to \(printable(intended, limit: 80))\(misnamed.count == 1 ? "" : " and the others accordingly").",
                file: misnamed[0]
            )
            return
        }
        let isMapped = if case .map = scheme { true } else { false }
        if isNothingFound, !isMapped, let (name, size) = panoramas.min(by: { $0.key < $1.key }) {
            findings.refuse(
                .equirectangular,
                "\(printable(name)) is one equirectangular panorama (\(size.width) × \(size.height)), but drop360 needs six cube "
                    + "faces: convert it (for instance with py360convert) and drop front, back, left, right, top and bottom, or ask the "
                    + "operator to set `equirect: convert` for this inbox.",
                file: name
            )
            return
        }
        if isNothingFound, !isMapped, unassigned.isEmpty, foreign.count >= Face.allCases.count {
            findings.refuse(
                .imageFormat,
                "\(Self.list(foreign)) are not JPEG or PNG files by their extensions: convert them to JPEG or PNG."
            )
            return
        }
        if isNothingFound, !isMapped, unassigned.count >= Face.allCases.count {
            if case .preset(let preset) = scheme {
                findings.refuse(
                    .faceNamesUnknown,
                    "The names \(Self.list(unassigned)) do not match the preset \(preset.rawValue), whose names end in \(preset.words): "
                        + "correct `faces`, or name the files front, back, left, right, top and bottom."
                )
                return
            }
            findings.refuse(
                .faceNamesUnknown,
                "The names \(Self.list(unassigned)) do not show which face is which, and numbers and axes are not guessed: name "
                    + "the files front, back, left, right, top and bottom, list them in the sidecar's `faces`, or set the "
                    + "preset of your program: \(FacePreset.allCases.map(\.rawValue).joined(separator: ", "))."
            )
            return
        }
        findings.wait(.faceMissing, missingWords(scheme: scheme, isNothingFound: isNothingFound))
    }

    private func missingWords(scheme: FaceScheme?, isNothingFound: Bool) -> String {
        if case .map(let map) = scheme {
            let expected = missing.map { "\(printable(map[$0] ?? "", limit: 80)) (\($0.rawValue))" }
            return "Of the files that `faces` names, \(expected.joined(separator: ", ")) "
                + (expected.count == 1 ? "is" : "are") + " missing: add what is missing, or correct `faces`."
        }
        let names = missing.map(\.rawValue)
        let nameless = unassigned.isEmpty ? "" : " \(Self.list(unassigned)): the name does not say which face."
        let ending =
            misnamed.isEmpty ? "" : " \(Self.list(misnamed)): unusual extension for a picture, and not a face's name."
        let unclear =
            nameless + ending + (foreign.isEmpty ? "" : " \(Self.list(foreign)): not JPEG or PNG, convert it.")
        if isNothingFound {
            return "None of the six faces is here: add front, back, left, right, top and bottom.\(unclear)"
        }
        let list = Self.list(names, limit: 6)
        return names.count == 1
            ? "The face \(list) is missing: add \(list).jpg.\(unclear)"
            : "The faces \(list) are missing: add them.\(unclear)"
    }
}
