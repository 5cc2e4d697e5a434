import DropFolder
import Station

extension FacePreviews {
    /// Bytes of a report that are read; drop360 writes none as long.
    private static let longestReport = 1 << 16

    /// The text of a report that drop360 wrote; nil where it is not there any more, or cannot be read.
    ///
    /// Beside a station others may write, too: what is in its place now is read only if it is a plain file, and no link leads to it.
    ///
    /// - Parameters:
    ///   - path: Absolute.
    ///   - inbox: The inbox of the report's item. Reports may also be elsewhere.
    package func text(of path: String, inbox: String) async -> String? {
        let found: String?? = try? await run { (_) throws(FaceRefusal) in
            do throws(DropFolderError) {
                let file = try Self.open(path, inbox: inbox)
                return String(decoding: try file.read(at: 0, count: Self.longestReport), as: UTF8.self)
            } catch {
                // Gone, or not readable: the page says that it is not there.
                return nil
            }
        }
        return found ?? nil
    }

    private static func open(_ path: String, inbox: String) throws(DropFolderError) -> RegularFile {
        if path.hasPrefix(inbox + "/") {
            return try RegularFile(at: ItemPath(inbox: inbox, path: String(path.dropFirst(inbox.count + 1))))
        }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        return try RegularFile(String(path.dropFirst(folder.count + 1)), in: try OpenFolder(root: folder))
    }
}
