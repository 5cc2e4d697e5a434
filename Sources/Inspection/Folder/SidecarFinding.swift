import DropFolder
import Foundation
import Station

/// Finds the pose sidecar by name and kind; opens nothing.
enum SidecarFinding {
    /// The name of the sidecar if it is a regular file; otherwise adds what is wrong or missing to `findings`.
    static func find(_ snapshot: FolderSnapshot, findings: inout StationFindings) -> String? {
        let wanted = FolderSnapshot.sidecarNames
        for entry in snapshot.entries where entry.role == .folder && wanted.contains(entry.name.lowercased()) {
            refuse(entry.name, .folder, &findings)
            return nil
        }
        guard let name = snapshot.sidecarName, let entry = snapshot.entries.first(where: { $0.name == name }) else {
            let candidates = snapshot.names(.json)
            findings.wait(
                .sidecarMissing,
                "\(FaceFinding.list(candidates)): which one is the pose? Name it pose.json."
            )
            return nil
        }
        let rivals = snapshot.names(.json).filter { $0.lowercased() == name.lowercased() }
        if rivals.count > 1 {
            findings.refuse(
                .sidecarAmbiguous,
                "\(FaceFinding.list(rivals)) are both named as the pose: keep one of them.",
                file: name
            )
            return nil
        }
        guard entry.stamp.kind == .file else {
            refuse(name, entry.stamp.kind, &findings)
            return nil
        }
        // A name that is not UTF-8 was refused with the others.
        return entry.nameIsUTF8 ? name : nil
    }

    /// Refuses a sidecar with a wrong extension (`pose.json.txt`) if there is no other sidecar.
    ///
    /// - Parameters:
    ///   - onlyByName: Whether other JSON files with such an extension (`camera.json.bak`) are ignored.
    /// - Returns: Whether one was refused.
    static func refuseMisnamed(
        _ snapshot: FolderSnapshot,
        onlyByName: Bool,
        findings: inout StationFindings
    ) -> Bool {
        let meant = snapshot.names(.misnamed).compactMap { name in
            FaceNaming.intendedName(of: name).flatMap { FaceNaming.fileExtension(of: $0) == "json" ? (name, $0) : nil }
        }
        guard
            let (name, intended) = meant.first(where: { FolderSnapshot.sidecarNames.contains($0.1.lowercased()) })
                ?? (onlyByName ? nil : meant.first)
        else { return false }
        findings.refuse(
            .misNamed,
            "\(printable(name)) looks like the pose sidecar with a wrong extension: rename it to \(printable(intended)).",
            file: name
        )
        return true
    }

    /// Whether a folder has the sidecar's name.
    static func isBlocked(_ snapshot: FolderSnapshot) -> Bool {
        snapshot.entries.contains {
            $0.role == .folder && FolderSnapshot.sidecarNames.contains($0.name.lowercased())
        }
    }

    private static func refuse(_ name: String, _ kind: EntryKind, _ findings: inout StationFindings) {
        findings.refuse(
            .notAFile,
            "\(printable(name)) is \(kind.words), not a regular file, and was not opened: replace it with the sidecar itself.",
            file: name
        )
    }
}
