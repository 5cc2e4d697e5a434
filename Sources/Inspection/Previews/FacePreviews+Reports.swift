import DropFolder
import Station

/// Why the text of a report is not shown.
package enum ReportRefusal: Error, Equatable {
    /// It is not there any more, or cannot be read.
    case gone
    /// The disk or share that it is on hangs.
    case unanswered

    /// A sentence, in plain words.
    package var words: String {
        switch self {
        case .gone: "The report is not there any more."
        case .unanswered: "The folder does not answer: its disk or network share hangs."
        }
    }
}

extension FacePreviews {
    /// Bytes of a report that are read; drop360 writes none as long.
    private static let longestReport = 1 << 16
    /// How long a folder has for it.
    private static let reportPatience = Duration.seconds(3)

    /// The text of a report that drop360 wrote.
    ///
    /// Beside a station others may write, too: what is in its place now is read only if it is a plain file, and no link leads to it.
    ///
    /// - Parameters:
    ///   - path: Absolute.
    ///   - inbox: The inbox of the report's item. Reports may also be elsewhere.
    package func text(of path: String, inbox: String) async throws(ReportRefusal) -> String {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let root = path.hasPrefix(inbox + "/") ? inbox : folder
        let found = await ask(root, patience: Self.reportPatience) { (_) throws(FaceRefusal) -> String? in
            do throws(DropFolderError) {
                let file = try Self.open(path, below: root)
                return String(decoding: try file.read(at: 0, count: Self.longestReport), as: UTF8.self)
            } catch {
                return nil
            }
        }
        switch found {
        case .success(let text?): return text
        // Busy: whoever asked has left.
        case .failure(.unanswered), .failure(.busy): throw .unanswered
        case .success(nil), .failure: throw .gone
        }
    }

    private static func open(_ path: String, below root: String) throws(DropFolderError) -> RegularFile {
        try RegularFile(at: ItemPath(inbox: root, path: String(path.dropFirst(root.count + 1))))
    }
}
