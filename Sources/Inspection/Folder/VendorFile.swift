import DropFolder
import Foundation

/// A JSON file that a scanner or camera wrote next to the images: it has neither a sidecar's name nor any of its keys.
enum VendorFile {
    /// Keys that only a file for drop360 has, folded; keys that others write too (`label`, `metadata`, `unit`) are not included.
    private static let keys: Set<String> = [
        "translation", "translationx", "translationy", "translationz", "rotation", "eulerrotation", "eulerrotationx",
        "eulerrotationy", "eulerrotationz", "euler", "quaternion", "heading", "matrix", "siteid", "sitename",
        "stationid",
        "stationname", "collectionlabel", "timetaken",
    ]

    /// Whether every JSON file of the folder is one.
    static func areAll(
        _ snapshot: FolderSnapshot,
        in folder: borrowing OpenFolder,
        stop: StopSignal
    ) throws(Interruption) -> Bool {
        let names = snapshot.names(.json)
        guard !names.isEmpty, names.count <= 20,
            !names.contains(where: { FolderSnapshot.sidecarNames.contains($0.lowercased()) }),
            snapshot.entries.allSatisfy({ $0.role != .json || ($0.stamp.kind == .file && $0.nameIsUTF8) })
        else { return false }
        for name in names {
            switch try FileContents.read(name, in: folder, limit: Int64(SidecarReader.sizeLimit), stop: stop) {
            case .whole(let contents): if !lacksSidecarKeys(contents.bytes) { return false }
            // No sidecar is this large.
            case .tooLarge: continue
            case .noPermission, .notRegular: return false
            }
        }
        return true
    }

    /// False for a file that is not JSON: it may be a sidecar with a mistake in it.
    private static func lacksSidecarKeys(_ bytes: [UInt8]) -> Bool {
        guard case .utf8(let start) = JSONText.of(bytes) else { return false }
        let document: JSONDocument
        do throws(JSONRefusal) { document = try JSONParser.parse(bytes, from: start) } catch { return false }
        guard case .object(let members) = document.root.content else { return true }
        return members.allSatisfy { !keys.contains(SidecarKeys.folded($0.key)) }
    }
}
