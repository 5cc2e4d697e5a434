import Foundation
import Station

/// Reads `faces`: {front: "file name", …}, or the name of a preset.
enum FaceMapReader {
    static func read(_ fields: inout SidecarFields, _ findings: inout SidecarFindings) -> FaceScheme? {
        guard let value = fields.take("faces") else { return nil }
        switch value.content {
        case .string(let name):
            if let preset = FacePreset(rawValue: name.lowercased()) { return .preset(preset) }
            findings.refuse(
                .facesPreset,
                "`faces` is \"\(printable(name, limit: 60))\", which is not a preset; the presets are "
                    + "\(FacePreset.allCases.map(\.rawValue).joined(separator: ", ")). Or name the six files: {\"front\": \"file name\", …}.",
                at: value.offset
            )
            return nil
        case .object(let members):
            var inner = fields.inner(members, key: "faces", offset: value.offset, &findings)
            let map = map(of: &inner, &findings)
            inner.noteUnknown(into: &findings)
            return map.map { .map($0) }
        default:
            findings.refuse(
                .facesInvalid,
                "`faces` is \(value.words), but must be {\"front\": \"file name\", …}.",
                at: value.offset
            )
            return nil
        }
    }

    private static func map(of fields: inout SidecarFields, _ findings: inout SidecarFindings) -> [Face: String]? {
        var map: [Face: String] = [:]
        var faceOfName: [String: Face] = [:]
        var missing: [String] = []
        for face in Face.allCases {
            let isThere = fields.has(face.rawValue)
            let offset = fields.offset(of: face.rawValue)
            guard let name = fields.text(face.rawValue, &findings) else {
                if !isThere { missing.append(face.rawValue) }
                continue
            }
            let shown = printable(name, limit: 80)
            if name.isEmpty || name.contains("/") || name.contains("\0") || name == "." || name == ".." {
                findings.refuse(
                    .facesInvalid,
                    "\(fields.name(face.rawValue)) is \"\(shown)\": write the name of a file in the same folder.",
                    at: offset
                )
            } else if let other = faceOfName.updateValue(face, forKey: name.lowercased()) {
                findings.refuse(
                    .facesInvalid,
                    "`faces` gives \(shown) to both \(other.rawValue) and \(face.rawValue): correct it.",
                    at: offset
                )
            } else {
                map[face] = name
            }
        }
        if !missing.isEmpty {
            findings.refuse(
                .facesInvalid,
                "`faces` does not name \(missing.joined(separator: ", ")): name all six files.",
                at: fields.offset
            )
        }
        return map.count == Face.allCases.count ? map : nil
    }
}
