import DropFolder
import Foundation
import Station

/// Finds the file of each face by name and kind; opens nothing.
struct FaceFinding {
    /// The regular file of each face that has one.
    private(set) var files: [Face: String] = [:]
    /// Images that name no face.
    private(set) var unassigned: [String] = []
    /// Images in formats that the viewer does not support, and that name no face.
    private(set) var foreign: [String] = []
    private(set) var missing: [Face] = []
    /// Images with a wrong extension that name no face.
    private(set) var misnamed: [String] = []
    /// Files that were refused for their extension.
    private(set) var refusedExtensions: Set<String> = []

    /// Assigns the folder's files; `scheme` comes from the sidecar or configuration, nil reads the names.
    init(_ snapshot: FolderSnapshot, scheme: FaceScheme?, findings: inout StationFindings) {
        let named = snapshot.entries.filter(\.nameIsUTF8)
        let kinds = Dictionary(named.map { ($0.name, $0.stamp.kind) }) { first, _ in first }
        // A folder with an image's name is refused as a face.
        let images = named.filter { entry in
            entry.role == .image
                || entry.role == .folder
                    && FaceNaming.imageExtensions.contains(FaceNaming.fileExtension(of: entry.name))
        }
        foreign = named.filter { $0.role == .foreignImage }.map(\.name)
        let meant = Self.misnamedImages(named, besides: Set(images.map(\.name)))
        misnamed = meant.values.sorted()
        var assignment = FaceNaming.assign(images.map(\.name) + meant.keys, scheme: scheme)
        assignment.unassigned.removeAll { meant[$0] != nil }
        unassigned = assignment.unassigned.filter { kinds[$0] == .file }
        for entry in snapshot.entries where !entry.nameIsUTF8 {
            Self.refuseName(entry, &findings)
        }
        let isSeveral = refuseSeveral(assignment, &findings)
        for face in Face.allCases {
            // A file with the right name needs no other.
            let (rest, renamed) = (
                (assignment.candidates[face] ?? []).filter { meant[$0] == nil },
                (assignment.candidates[face] ?? []).filter { meant[$0] != nil }
            )
            if rest.isEmpty, let intended = renamed.first, let name = meant[intended] {
                Self.refuseEnding(name, intended, &findings)
                misnamed.removeAll { $0 == name }
                refusedExtensions.insert(name)
                continue
            }
            let candidates = rest
            if candidates.count > 1, !isSeveral {
                let list = Self.list(candidates)
                findings.refuse(
                    .faceAmbiguous,
                    "\(list) are all named as the \(face.rawValue) face: keep one of them.",
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

    /// Images with a wrong extension, by the name that they should have.
    private static func misnamedImages(_ entries: [FolderEntry], besides taken: Set<String>) -> [String: String] {
        var found: [String: String] = [:]
        for entry in entries where entry.role == .misnamed {
            guard let intended = FaceNaming.intendedName(of: entry.name),
                FaceNaming.fileExtension(of: intended) != "json",
                !taken.contains(intended), found[intended] == nil
            else { continue }
            found[intended] = entry.name
        }
        return found
    }

    private static func refuseEnding(_ name: String, _ intended: String, _ findings: inout StationFindings) {
        findings.refuse(
            .misNamed,
            "\(printable(name)) is a picture with an unusual extension: rename it to \(printable(intended)).",
            file: name
        )
    }

    /// Reports the faces of several stations in one folder, recognised by the prefixes of their names.
    private func refuseSeveral(_ assignment: FaceNaming.Assignment, _ findings: inout StationFindings) -> Bool {
        guard assignment.candidates.values.count(where: { $0.count > 1 }) >= 3 else { return false }
        var sets: [String: Set<Face>] = [:]
        for (face, names) in assignment.candidates {
            for name in names { sets[FaceNaming.prefix(of: name), default: []].insert(face) }
        }
        let prefixes = sets.filter { $0.value.count >= 3 }.keys.sorted()
        guard prefixes.count > 1 else { return false }
        let number = [2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"][prefixes.count] ?? "\(prefixes.count)"
        findings.refuse(
            .faceAmbiguous,
            "\(number) sets of faces are in this folder (\(Self.list(prefixes.map { $0.isEmpty ? "without prefix" : $0 }))): put each station "
                + "into a separate folder, with its pose."
        )
        return true
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
                "\(printable(name)) is \((kind ?? .other).words), not a regular file, and was not opened: replace it with "
                    + "the image itself.",
                file: name
            )
            return
        }
        guard !name.unicodeScalars.contains(where: IdentityText.isForbidden) else {
            findings.refuse(
                .nameUnprintable,
                "The name \(printable(name)) contains invisible characters: rename the file.",
                file: name
            )
            return
        }
        if alone { files[face] = name }
    }

    private static func refuseName(_ entry: FolderEntry, _ findings: inout StationFindings) {
        switch entry.role {
        case .image, .foreignImage, .json, .misnamed:
            findings.refuse(
                .nameNotUTF8,
                "The name of the file \(printable(entry.name)) is not UTF-8: rename it.",
                file: entry.name
            )
        case .folder, .other, .temporary, .junk: break
        }
    }

    /// The file that would be `face` if its format were supported.
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
            "\(printable(name)) is not a JPEG or PNG file by its extension\(ending.isEmpty ? "" : " .\(printable(ending))"): convert it to "
                + "JPEG or PNG.",
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
