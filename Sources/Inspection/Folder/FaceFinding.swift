import DropFolder
import Foundation
import Station

/// Finds the file of each face by name and kind; opens nothing.
struct FaceFinding {
    /// One plain file for each face that has one.
    private(set) var files: [Face: String] = [:]
    /// Images that name no face.
    private(set) var unassigned: [String] = []
    /// Images of formats that the viewer does not take, and that stand for no face.
    private(set) var foreign: [String] = []
    private(set) var missing: [Face] = []

    /// Assigns the folder's files; `scheme` is what sidecar or configuration say of them, nil reads the names.
    init(_ snapshot: FolderSnapshot, scheme: FaceScheme?, findings: inout StationFindings) {
        let named = snapshot.entries.filter(\.nameIsUTF8)
        let kinds = Dictionary(named.map { ($0.name, $0.stamp.kind) }) { first, _ in first }
        // A folder may bear an image's name; then it stands in a file's place.
        let images = named.filter { entry in
            entry.role == .image
                || entry.role == .folder
                    && FaceNaming.imageExtensions.contains(FaceNaming.fileExtension(of: entry.name))
        }
        foreign = named.filter { $0.role == .foreignImage }.map(\.name)
        let assignment = FaceNaming.assign(images.map(\.name), scheme: scheme)
        unassigned = assignment.unassigned.filter { kinds[$0] == .file }
        for entry in snapshot.entries where !entry.nameIsUTF8 {
            Self.refuseName(entry, &findings)
        }
        for face in Face.allCases {
            let candidates = assignment.candidates[face] ?? []
            if candidates.count > 1 {
                let list = Self.list(candidates)
                findings.refuse(
                    .faceAmbiguous,
                    "\(list) all claim to be the \(face.rawValue) face: leave one of them.",
                    file: candidates[0]
                )
            }
            for name in candidates { take(name, for: face, kind: kinds[name], alone: candidates.count == 1, &findings) }
            guard candidates.isEmpty else { continue }
            if let name = Self.foreignName(of: face, among: foreign, scheme: scheme) {
                Self.refuseFormat(name, &findings)
                foreign.removeAll { $0 == name }
            } else {
                missing.append(face)
            }
        }
    }

    private mutating func take(
        _ name: String,
        for face: Face,
        kind: EntryKind?,
        alone: Bool,
        _ findings: inout StationFindings
    ) {
        guard let kind, kind == .file else {
            findings.refuse(
                .notAFile,
                "\(printable(name)) is \((kind ?? .other).words), not a plain file, and was not opened: put the image itself "
                    + "in its place.",
                file: name
            )
            return
        }
        guard !name.unicodeScalars.contains(where: IdentityText.isForbidden) else {
            findings.refuse(
                .nameUnprintable,
                "The name \(printable(name)) holds invisible characters: rename the file.",
                file: name
            )
            return
        }
        if alone { files[face] = name }
    }

    private static func refuseName(_ entry: FolderEntry, _ findings: inout StationFindings) {
        switch entry.role {
        case .image, .foreignImage, .json:
            findings.refuse(
                .nameNotUTF8,
                "The name of the file \(printable(entry.name)) is not UTF-8: rename it.",
                file: entry.name
            )
        case .folder, .other, .temporary, .junk: break
        }
    }

    /// The file that would be `face`, were it an image that the viewer takes.
    private static func foreignName(of face: Face, among foreign: [String], scheme: FaceScheme?) -> String? {
        switch scheme {
        case .map(let map):
            guard let name = map[face] else { return nil }
            let isImage = FaceNaming.imageExtensions.contains(FaceNaming.fileExtension(of: name))
            return isImage ? nil : name
        case .preset(let preset):
            return foreign.first { preset.face(of: $0) == face || FaceNaming.read($0) == .word(face) }
        case nil: return foreign.first { FaceNaming.read($0) == .word(face) }
        }
    }

    private static func refuseFormat(_ name: String, _ findings: inout StationFindings) {
        let ending = FaceNaming.fileExtension(of: name)
        findings.refuse(
            .imageFormat,
            "\(printable(name)) is no JPEG or PNG by its ending\(ending.isEmpty ? "" : " .\(printable(ending))"): convert it to "
                + "one of them.",
            file: name
        )
    }

    /// Names for a sentence: `a.jpg, b.jpg and 3 more`.
    static func list(_ names: [String], limit: Int = 4) -> String {
        let shown = names.prefix(limit).map { printable($0, limit: 80) }
        let rest = names.count - shown.count
        if rest > 0 { return shown.joined(separator: ", ") + " and \(rest) more" }
        guard let last = shown.last, shown.count > 1 else { return shown.joined() }
        return shown.dropLast().joined(separator: ", ") + " and " + last
    }
}
