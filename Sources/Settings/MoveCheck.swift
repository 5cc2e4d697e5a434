package import ConfigFile
import DropFolder
import Station

extension Configuration {
    /// Checks that delivered stations can be moved where `after` says: nothing but a rename does it, within one file system.
    ///
    /// A folder that is missing may be mounted later. Blocks for a moment.
    package func checkMoves() throws(UnusableSetting) {
        for inbox in inboxes {
            guard case .move(let folder) = inbox.after, let from = Self.device(of: inbox.path),
                let to = Self.device(of: folder), from != to
            else { continue }
            throw UnusableSetting(
                key: "inboxes[].after.move",
                summary:
                    "Delivered stations of the inbox \(printable(inbox.path)) cannot be moved to \(printable(folder)): it is on another file system.",
                advice: "Choose a folder on the inbox's own file system, or `after: keep`.",
                consequence: "drop360 moves nothing by copying, and does not start with this."
            )
        }
    }

    private static func device(of path: String) -> UInt64? {
        do throws(DropFolderError) { return try OpenFolder(root: path).stamp().device } catch { return nil }
    }
}
