import DropFolder
import Station

/// A snapshot's stamp in sixteen bytes: the scanner keeps one for each station of a whole season.
struct PackedStamp: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// Nil for what no snapshot has as its stamp.
    init?(_ stamp: Stamp) {
        let text = stamp.rawValue
        guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.high = high
        self.low = low
    }
}

/// A short number that differs where names came to a folder, went from it or were replaced in it.
///
/// What is written into a file that stays where it is does not show in it. The inode has no part in it: shares make up inode
/// numbers as they go.
struct FolderMark: Hashable, Sendable {
    // Half a line of a table with a hundred thousand of them. Two marks in four thousand million are the same by chance, and the
    // rescan that heeds no marks sees what that hides.
    private let number: UInt32

    /// Differs from every folder's.
    static let unknown = FolderMark(number: 0)

    private init(number: UInt32) { self.number = number }

    /// - Parameters:
    ///   - stamp: What `fstat` says of the folder.
    ///   - now: Nanoseconds since 1970. A folder that was changed just now could change again under the same time stamp, of
    ///     2 s on some disks: nothing is concluded from its mark then.
    init(_ stamp: FileStamp, at now: Int64) {
        let age = now &- stamp.changed
        guard age > 3_000_000_000 || age < -3_000_000_000 else {
            self = .unknown
            return
        }
        self.init(stamp)
    }

    init(_ stamp: FileStamp) {
        var hasher = Hasher()
        hasher.combine(stamp.modified)
        hasher.combine(stamp.changed)
        number = UInt32(truncatingIfNeeded: hasher.finalize()) | 1
    }
}
