import DropFolder
import Station

/// What a zip archive is to an inbox that sends E57 files to CDF.
enum ArchiveJudgement {
    /// Nothing but E57 files.
    case scans
    /// Something else, or nobody knows what.
    case other
    /// E57 files, but not so that CDF could take them.
    case refused(FileRefusal)

    /// Reads the archive's directory; blocks.
    static func judge(_ file: borrowing RegularFile, head: [UInt8]) throws(Interruption) -> ArchiveJudgement {
        if FileKind.of(head) == .foreign("an E57 point cloud") {
            return .refused(
                FileRefusal(.e57Format, "This is an E57 file with the name of a ZIP archive. Rename it to end in .e57.")
            )
        }
        do throws(ZipDirectory.Refusal) {
            return judge(try ZipDirectory(of: file).members)
        } catch {
            // What it holds can be told by its first member at most.
            guard ZipDirectory.firstName(in: head).map(isScan) == true else {
                if case .unreadable(let reason) = error { throw Interruption(reason) }
                return .other
            }
            return try .refused(words(for: error))
        }
    }

    private static func judge(_ members: [ZipDirectory.Member]) -> ArchiveJudgement {
        // Left by the program that packed it; CDF unpacks them, too, and they are no scans.
        let files = members.filter { !$0.name.hasSuffix("/") && !isJunk($0.name) }
        guard !files.isEmpty, files.allSatisfy({ isScan($0.name) }) else { return .other }
        func refused(_ words: String) -> ArchiveJudgement { .refused(FileRefusal(.archive, words)) }
        if files.contains(where: \.isEncrypted) {
            return refused(
                "The archive is encrypted, and CDF cannot open it. Pack it without a password, or unpack it here."
            )
        }
        if let odd = files.first(where: { $0.method != 0 && $0.method != 8 }) {
            return refused(
                "\(printable(odd.name, limit: 80)) is packed by a method (\(odd.method)) that few programs support. Pack it as an ordinary "
                    + "zip, or unpack it here."
            )
        }
        if let empty = files.first(where: { $0.size == 0 }) {
            return refused("\(printable(empty.name, limit: 80)) in the archive is empty. Pack it again.")
        }
        return .scans
    }

    private static func isScan(_ name: String) -> Bool { name.lowercased().hasSuffix(".e57") && !isJunk(name) }

    private static func isJunk(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        return parts.first == "__MACOSX" || parts.last?.hasPrefix("._") == true || parts.last == ".DS_Store"
    }

    private static func words(for refusal: ZipDirectory.Refusal) throws(Interruption) -> FileRefusal {
        switch refusal {
        case .missing:
            FileRefusal(
                .e57Truncated,
                "The archive has no directory at its end. Let the copy finish, or copy the file again.",
                mayBeUnfinished: true
            )
        case .damaged:
            FileRefusal(
                .e57Damaged,
                "The archive's directory does not match its content. Copy it again, or pack it again.",
                mayBeUnfinished: true
            )
        case .tooLarge: FileRefusal(.archive, "The archive holds too many files. Unpack it here.")
        case .split:
            FileRefusal(.archive, "This is a part of a split archive. Pack it in one piece, or unpack it here.")
        case .unreadable(let error): throw Interruption(error)
        }
    }
}
