import Crypto
import DropFolder
import E57
import Station

/// Reads a file once from its first byte to its last, and checks and hashes it on the way.
enum WholeFile {
    /// Whole pages of an E57 file.
    private static let piece = 1 << 20

    enum Outcome {
        case whole(FileDigest)
        case refused(FileRefusal)
    }

    /// Reads a whole E57 file; every page's checksum has to fit.
    ///
    /// - Parameters:
    ///   - file: Whose header has been read.
    ///   - stop: Ends it between two pieces.
    ///   - progress: Called with the bytes read so far and of how many, after each mebibyte.
    static func readE57(
        _ file: borrowing RegularFile,
        stop: StopSignal,
        progress: (_ done: Int64, _ size: Int64) -> Void
    ) throws(Interruption) -> Outcome {
        var hash = SHA256()
        var done: Int64 = 0
        while let block = try next(in: file, at: done, stop) {
            // Whole pages were asked for: fewer bytes are a file that shrank.
            guard block.count % Int(E57Header.pageSize) == 0 else { throw .changed }
            if let bad = E57Pages.firstDamaged(in: block) {
                return .refused(refusal(of: bad, in: block, at: done, size: file.stamp.size))
            }
            hash.update(data: block)
            done += Int64(block.count)
            progress(done, file.stamp.size)
        }
        return .whole(FileDigest(hash.finalize()))
    }

    /// Reads a whole zip archive; every member's checksum has to fit.
    ///
    /// - Parameters:
    ///   - file: Whose directory has been read.
    ///   - members: All that the directory names.
    ///   - stop: Ends it between two pieces.
    ///   - progress: Called with the bytes read so far and of how many, after each mebibyte.
    static func readArchive(
        _ file: borrowing RegularFile,
        of members: [ZipDirectory.Member],
        stop: StopSignal,
        progress: (_ done: Int64, _ size: Int64) -> Void
    ) throws(Interruption) -> Outcome {
        var hash = SHA256()
        var check = MemberCheck(members)
        var done: Int64 = 0
        while let block = try next(in: file, at: done, stop) {
            do throws(FileRefusal) { try check.take(block, at: done) } catch { return .refused(error) }
            hash.update(data: block)
            done += Int64(block.count)
            progress(done, file.stamp.size)
        }
        guard check.isComplete else { throw .changed }
        return .whole(FileDigest(hash.finalize()))
    }

    /// The next piece; nil at the end of the file, as it was when it was opened.
    private static func next(
        in file: borrowing RegularFile,
        at offset: Int64,
        _ stop: StopSignal
    ) throws(Interruption) -> [UInt8]? {
        try stop.check()
        let count = Int(min(Int64(piece), file.stamp.size - offset))
        guard count > 0 else { return nil }
        let block: [UInt8]
        do throws(DropFolderError) {
            block = try file.read(at: offset, count: count)
        } catch {
            throw Interruption(error)
        }
        guard block.count == count else { throw .changed }
        return block
    }

    private static func refusal(of bad: Int, in block: [UInt8], at offset: Int64, size: Int64) -> FileRefusal {
        let length = Int(E57Header.pageSize)
        let place = "page \(offset / E57Header.pageSize + Int64(bad)) of \(size / E57Header.pageSize)"
        // Space that a copying tool has allocated, and has not filled yet.
        if block[(bad * length)..<((bad + 1) * length)].allSatisfy({ $0 == 0 }) {
            return FileRefusal(
                .e57Damaged,
                "From \(place) on there are only zeros. Let the copy finish, or copy the file again.",
                mayBeUnfinished: true
            )
        }
        return FileRefusal(
            .e57Damaged,
            "The checksum of \(place) is wrong. Copy the file again; if that does not help, export it again."
        )
    }
}
