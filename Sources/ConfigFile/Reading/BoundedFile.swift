import Foundation

/// Reads small files that are expected to be plain files.
enum BoundedFile {
    /// The bytes of the file at `path`, at most `limit` of them.
    ///
    /// Symbolic links are followed: secrets are often mounted as such. A FIFO or device is refused without waiting for it.
    static func read(_ path: String, limit: Int) throws(ReadingError) -> [UInt8] {
        guard !path.utf8.contains(0) else { throw .failed("the path contains a NUL") }
        // Without O_NONBLOCK a FIFO that nobody writes to would block us for ever.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.error(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .directory
        default: throw .notRegular
        }
        // The size is not relied on: the file may grow while it is read.
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Foundation.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.error(errno) }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }

    private static func error(_ code: Int32) -> ReadingError {
        switch code {
        case ENOENT, ENOTDIR: .missing
        case EACCES, EPERM: .forbidden
        default: .failed(String(cString: strerror(code)))
        }
    }
}

/// Why a file could not be read.
enum ReadingError: Error, Equatable {
    case missing
    case forbidden
    case directory
    case notRegular
    case tooLarge(limit: Int)
    /// The system's own message.
    case failed(String)

    /// The reason as the end of a sentence.
    var words: String {
        switch self {
        case .missing: "it does not exist"
        case .forbidden: "the user that drop360 runs as may not read it"
        case .directory: "it is a directory"
        case .notRegular: "it is not a regular file"
        case .tooLarge(let limit): "it is larger than \(limit / 1024) KiB"
        case .failed(let reason): reason
        }
    }
}
