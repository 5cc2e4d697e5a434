import DropFolder
import Station

/// A snapshot's stamp in sixteen bytes: the scanner keeps one for each station of a whole season.
struct PackedStamp: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// Nil for a text that cannot be a snapshot's stamp.
    init?(_ stamp: Stamp) {
        let text = stamp.rawValue
        guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.high = high
        self.low = low
    }
}

/// A short number that changes when names in a folder are added, removed or replaced.
///
/// Writing into an existing file does not change it. The inode is not part of it: shares invent inode
/// numbers.
struct FolderMark: Hashable, Sendable {
    // Half a line of a table with a hundred thousand of them. Two marks are the same by chance with probability 2⁻³², and the
    // rescan that ignores marks finds what that hides.
    private let number: UInt32

    /// Differs from every folder's.
    static let unknown = FolderMark(number: 0)

    private init(number: UInt32) { self.number = number }

    /// - Parameters:
    ///   - stamp: The folder's `fstat`.
    ///   - now: Nanoseconds since 1970. A folder that was changed just now could change again under the same time stamp, of
    ///     2 s on some disks: its mark then proves nothing.
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
