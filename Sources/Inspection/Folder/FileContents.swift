import Crypto
import DropFolder
import Station

/// All bytes of a file, hashed while they were read.
struct FileContents {
    let bytes: [UInt8]
    let digest: FileDigest

    private static let chunk = 1 << 20

    enum Outcome {
        case whole(FileContents)
        /// The file's size in bytes, over the limit; nothing was read.
        case tooLarge(Int64)
        /// drop360 may not read it.
        case noPermission
        /// The file has been replaced by something else since the folder was listed.
        case notRegular(EntryKind)
    }

    /// Reads `name` inside `folder`, at most `limit` bytes, and checks that it was not written in the meantime.
    ///
    /// Blocks.
    static func read(
        _ name: String,
        in folder: borrowing OpenFolder,
        limit: Int64,
        stop: StopSignal
    ) throws(Interruption) -> Outcome {
        let opened: RegularFile
        do throws(DropFolderError) {
            opened = try RegularFile(name, in: folder)
        } catch {
            switch error {
            case .noPermission: return .noPermission
            case .notRegular(_, let kind): return .notRegular(kind)
            case .missing, .unavailable: throw Interruption(error)
            }
        }
        guard opened.stamp.size <= limit else { return .tooLarge(opened.stamp.size) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(opened.stamp.size))
        var hash = SHA256()
        while bytes.count < opened.stamp.size {
            try stop.check()
            let chunk = try read(opened, at: bytes.count, upTo: Int(opened.stamp.size))
            guard !chunk.isEmpty else { throw .changed }
            hash.update(data: chunk)
            bytes += chunk
        }
        guard try currentStamp(of: opened).sameContent(as: opened.stamp) else { throw .changed }
        return .whole(FileContents(bytes: bytes, digest: FileDigest(hash.finalize())))
    }

    /// The first `count` bytes of `name`; nil if drop360 may not read it or it is not a regular file.
    ///
    /// Blocks.
    static func head(
        of name: String,
        in folder: borrowing OpenFolder,
        count: Int
    ) throws(Interruption) -> [UInt8]? {
        try headAndSize(of: name, in: folder, count: count)?.head
    }

    /// The same, with the file's size in bytes.
    static func headAndSize(
        of name: String,
        in folder: borrowing OpenFolder,
        count: Int
    ) throws(Interruption) -> (head: [UInt8], size: Int64)? {
        do throws(DropFolderError) {
            let file = try RegularFile(name, in: folder)
            return (try file.read(at: 0, count: count), file.stamp.size)
        } catch {
            switch error {
            case .noPermission, .notRegular: return nil
            case .missing, .unavailable: throw Interruption(error)
            }
        }
    }

    private static func read(
        _ file: borrowing RegularFile,
        at offset: Int,
        upTo end: Int
    ) throws(Interruption) -> [UInt8] {
        do throws(DropFolderError) {
            return try file.read(at: Int64(offset), count: min(chunk, end - offset))
        } catch {
            throw Interruption(error)
        }
    }

    private static func currentStamp(of file: borrowing RegularFile) throws(Interruption) -> FileStamp {
        do throws(DropFolderError) { return try file.currentStamp() } catch { throw Interruption(error) }
    }
}
