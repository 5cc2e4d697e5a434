import Crypto
import Foundation
import Glibc
import NIOCore

/// Writes one file's contents to disk as they arrive, and hashes them.
///
/// An actor on a queue of its own because each write may wait for the disk.
actor IncomingFile {
    private let path: URL
    private let handle: FileHandle
    private var sha256 = SHA256()
    private var md5 = Insecure.MD5()
    private var size: Int64 = 0
    private let executor = QueueExecutor(label: "drop360.sandbox.incoming")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(in folder: URL) throws {
        path = folder.appending(path: UUID().uuidString)
        try Data().write(to: path)
        handle = try FileHandle(forWritingTo: path)
    }

    func append(_ bytes: ByteBuffer) throws {
        try append(Data(bytes.readableBytesView))
    }

    private func append(_ data: Data) throws {
        sha256.update(data: data)
        md5.update(data: data)
        if Self.isHole(data) {
            try handle.seek(toOffset: UInt64(size) + UInt64(data.count))
        } else {
            try handle.write(contentsOf: data)
        }
        size += Int64(data.count)
    }

    /// All zeros, which need not be written: a sparse file stays sparse here.
    private static func isHole(_ data: Data) -> Bool {
        data.withUnsafeBytes { bytes in
            guard bytes.count >= 4096, bytes[0] == 0, let start = bytes.baseAddress else { return false }
            return memcmp(start, start + 1, bytes.count - 1) == 0
        }
    }

    /// Appends the whole of `file`, a piece at a time.
    func append(contentsOf file: URL) throws {
        let source = try FileHandle(forReadingFrom: file)
        defer {
            // Closing a file that was only read can't lose anything.
            try? source.close()
        }
        while let data = try source.read(upToCount: 1 << 16), !data.isEmpty {
            try append(data)
        }
    }

    /// Moves the complete file into the blobs folder, atomically.
    func finish(into blobs: URL) throws -> FileEntry.Content {
        // A hole at the end exists only once the length is set.
        try handle.truncate(atOffset: UInt64(size))
        try handle.close()
        let name = path.lastPathComponent
        try FileManager.default.moveItem(at: path, to: blobs.appending(path: name))
        return FileEntry.Content(
            blob: name,
            size: size,
            sha256: sha256.finalize().map { Self.hex($0) }.joined(),
            md5: Data(md5.finalize()).base64EncodedString()
        )
    }

    func discard() throws {
        try handle.close()
        try FileManager.default.removeItem(at: path)
    }

    private static func hex(_ byte: UInt8) -> String {
        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
}
