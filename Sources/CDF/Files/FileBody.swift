import CoreMetrics
import Crypto
import DropFolder
import Foundation
import NIOCore
import NIOPosix
package import Station
import Synchronization
import Timing

/// The bytes of one file of an item, as inspected.
package final class FileSource: Sendable {
    let file: RegularFile
    /// Bytes.
    package let size: Int64
    let digest: FileDigest

    /// Opens a file for sending.
    ///
    /// Blocks.
    ///
    /// - Parameters:
    ///   - item: Where it is; no link below the inbox is followed.
    ///   - size: The inspected size in bytes.
    ///   - digest: The inspected digest of all its bytes; it is compared while they are sent.
    /// - Throws: ``CDFError/sourceChanged(path:)`` if its size is no longer the inspected one.
    package init(_ item: ItemPath, size: Int64, digest: FileDigest) throws(CDFError) {
        let opened: RegularFile
        do throws(DropFolderError) { opened = try RegularFile(at: item) } catch { throw .source(error) }
        guard opened.stamp.size == size else { throw .sourceChanged(path: opened.path) }
        file = opened
        self.size = size
        self.digest = digest
    }

    /// The whole file as one range.
    var whole: FilePart { FilePart(range: 0..<size, digest: digest) }
}

/// Counts what one try handed to the network, and takes it back if the try fails.
final class SentBytes: Sendable {
    private let report: @Sendable (Int64) -> Void
    /// Nil once taken back: the network may ask for one more piece before it notices that the try is over.
    private let sum = Mutex<Int64?>(0)

    init(_ report: @escaping @Sendable (Int64) -> Void) { self.report = report }

    func add(_ bytes: Int64) {
        let counts = sum.withLock { sum in
            sum = sum.map { $0 + bytes }
            return sum != nil
        }
        if counts { report(bytes) }
    }

    func takeBack() {
        let bytes = sum.withLock { sum in
            defer { sum = nil }
            return sum ?? 0
        }
        if bytes != 0 { report(-bytes) }
    }
}

/// Reads a file, or a part of one, piece by piece on threads of its own, hashing as it goes.
struct FileBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// The digest of what was sent, known once the last piece was sent.
    final class Digests: Sendable {
        private let value = Mutex<String?>(nil)
        /// Base64, as Google's store reports it.
        var md5: String? {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }

    static let pieceSize: Int64 = 256 << 10

    let source: FileSource
    /// The range that this body sends.
    let part: FilePart
    let readers: NIOThreadPool
    let counted: SentBytes
    let budget: TransferBudget
    let timeSource: TimeSource
    let meters: RequestMeters
    let digests = Digests()

    func makeAsyncIterator() -> Iterator { Iterator(body: self, offset: part.range.lowerBound) }

    struct Iterator: AsyncIteratorProtocol {
        let body: FileBody
        var offset: Int64
        var sha256 = SHA256()
        var md5 = Insecure.MD5()

        mutating func next() async throws -> ByteBuffer? {
            let source = body.source
            let end = body.part.range.upperBound
            guard offset < end else { return nil }
            let start = offset
            let piece = body.budget.pieceSize(at: body.timeSource.now())
            let count = Int(Swift.min(piece, end - start))
            let isLast = start + Int64(count) == end
            let isEndOfFile = start + Int64(count) == source.size
            let bytes = try await body.readers.runIfActive {
                // A byte after the last one means that the file is still being written.
                do throws(DropFolderError) {
                    return try source.file.read(at: start, count: isEndOfFile ? count + 1 : count)
                } catch {
                    throw CDFError.source(error)
                }
            }
            guard bytes.count == count else { throw CDFError.sourceChanged(path: source.file.path) }
            sha256.update(data: bytes)
            md5.update(data: bytes)
            offset += Int64(count)
            if isLast {
                // Before the last piece is sent, so that only the inspected bytes ever make a complete file.
                guard FileDigest(sha256.finalize()) == body.part.digest else {
                    throw CDFError.sourceChanged(path: source.file.path)
                }
                body.digests.md5 = Data(md5.finalize()).base64EncodedString()
            }
            let wait = body.budget.take(Int64(count), at: body.timeSource.now())
            if wait > .zero { try await body.timeSource.sleep(wait) }
            body.counted.add(Int64(count))
            body.meters.sentBytes.increment(by: count)
            return ByteBuffer(bytes: bytes)
        }
    }
}

extension CDFClient {
    /// Opens a file for sending, on a thread that may block.
    ///
    /// - Parameters:
    ///   - item: Where it is; no link below the inbox is followed.
    ///   - size: The inspected size in bytes.
    ///   - digest: The inspected digest of all its bytes.
    package func open(_ item: ItemPath, size: Int64, digest: FileDigest) async throws(CDFError) -> FileSource {
        try await onReader { () throws(CDFError) in try FileSource(item, size: size, digest: digest) }
    }

    /// Opens a face for sending, on a thread that may block.
    ///
    /// - Parameters:
    ///   - image: The face as it was inspected.
    ///   - inbox: The inbox's root.
    ///   - folder: The station's folder below it.
    package func openFace(_ image: FaceImage, inbox: String, folder: String) async throws(CDFError) -> FileSource {
        let item = ItemPath(inbox: inbox, path: "\(folder)/\(image.fileName)")
        return try await open(item, size: image.size, digest: image.digest)
    }
}
