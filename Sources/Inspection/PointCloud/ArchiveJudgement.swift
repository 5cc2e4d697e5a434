import DropFolder
import Station

/// What a zip archive is to an inbox that sends E57 files to CDF.
enum ArchiveJudgement {
    /// Nothing but E57 files; with all members.
    case scans([ZipDirectory.Member])
    /// Something else, or nobody knows what.
    case other
    /// E57 files, but not so that CDF could take them.
    case refused(FileRefusal)

    /// Reads the archive's directory; blocks.
    static func judge<File: ArchiveBytes & ~Copyable>(
        _ file: borrowing File,
        head: [UInt8]
    ) throws(Interruption) -> ArchiveJudgement {
        if FileKind.of(head) == .foreign("an E57 point cloud") {
            return .refused(
                FileRefusal(.e57Format, "This is an E57 file with the name of a ZIP archive. Rename it to end in .e57.")
            )
        }
        do throws(ZipDirectory.Refusal) {
            return judge(try ZipDirectory(of: file).members, size: UInt64(max(0, file.length)))
        } catch {
            // What it holds can be told by its first member at most.
            guard ZipDirectory.firstName(in: head).map(isScan) == true else {
                if case .unreadable(let reason) = error { throw Interruption(reason) }
                return .other
            }
            return try .refused(words(for: error))
        }
    }

    /// No scan gets so many times smaller by packing: laser points hardly repeat.
    private static let mostExpansion: UInt64 = 200
    /// So much may be unpacked from any archive, in bytes: an empty scan is mostly zeros.
    private static let harmless: UInt64 = 1 << 30

    private static func judge(_ members: [ZipDirectory.Member], size: UInt64) -> ArchiveJudgement {
        // Left by the program that packed it; CDF unpacks them, too, and they are no scans.
        let files = members.filter { !$0.name.hasSuffix("/") && !isJunk($0.name) }
        guard !files.isEmpty, files.allSatisfy({ isScan($0.name) }) else { return .other }
        func refused(_ words: String) -> ArchiveJudgement { .refused(FileRefusal(.archive, words)) }
        if members.contains(where: \.isEncrypted) {
            return refused(
                "The archive is encrypted, and CDF cannot open it. Pack it without a password, or unpack it here."
            )
        }
        if let odd = members.first(where: { $0.method != 0 && $0.method != 8 }) {
            return refused(
                "\(printable(odd.name, limit: 80)) is packed by a method (\(odd.method)) that few programs support. Pack it as an ordinary "
                    + "zip, or unpack it here."
            )
        }
        if let empty = files.first(where: { $0.size == 0 }) {
            return refused("\(printable(empty.name, limit: 80)) in the archive is empty. Pack it again.")
        }
        if let outside = members.first(where: \.isOutside) {
            return refused(
                "\(printable(outside.name, limit: 80)) would be unpacked outside of its folder. Pack the files by their plain names."
            )
        }
        if let twice = Dictionary(grouping: files, by: { $0.name.lowercased() }).values.first(where: { $0.count > 1 }) {
            return refused(
                "The archive holds \(twice.count) files named \(printable(twice[0].name, limit: 80)). Pack it again with each once."
            )
        }
        // No sum of ten thousand such sizes overflows.
        guard members.allSatisfy({ $0.size < 1 << 50 }) else { return refused(bomb) }
        let unpacked = members.reduce(0) { $0 + $1.size }
        guard unpacked <= harmless || unpacked / mostExpansion <= size else { return refused(bomb) }
        return .scans(members)
    }

    private static let bomb = """
        The archive says that it unpacks to far more than scans can: it may be made to fill a disk. If it is a good one, unpack it elsewhere \
        and copy the E57 files.
        """

    static func isScan(_ name: String) -> Bool { name.lowercased().hasSuffix(".e57") && !isJunk(name) }

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
