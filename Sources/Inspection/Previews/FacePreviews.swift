import NIOPosix
package import Station
import Synchronization

/// Makes small pictures of accepted faces, and compares their edges, for people to look at.
///
/// Reading and decoding block, so they run on a thread of their own: one, since large pictures take much memory. However many pages are
/// open, no more than ``mostWaiting`` requests wait for it; the others are refused as ``FaceRefusal/busy``. The thread ends with the last
/// reference.
package final class FacePreviews: Sendable {
    /// Some pages of twelve pictures each.
    static let mostWaiting = 60
    /// Comparisons that are kept: a content never changes, and one comparison takes six files to read.
    private static let mostKept = 200

    private let threads = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Mutex(0)
    private let compared = Mutex<[ContentDigest: SeamComparison]>([:])

    package init() { threads.start() }

    deinit { threads.shutdownGracefully { _ in } }

    /// A JPEG of the face, no more than `edge` pixels wide, and never larger than the face itself.
    ///
    /// Its bytes are shown only if they are those that were accepted, so each limit of inspection holds for them.
    package func jpeg(of file: FaceFile, edge: Int) async throws(FaceRefusal) -> [UInt8] {
        try await run { (stop) throws(FaceRefusal) in
            try Self.encode(try Self.decode(file, atLeast: edge, stop).reduced(to: edge), file)
        }
    }

    /// How the twelve edges of these faces meet, as named.
    ///
    /// - Parameters:
    ///   - files: All six.
    ///   - content: What they are the faces of; the same content is compared once.
    package func seams(of files: [Face: FaceFile], in content: ContentDigest) async throws(FaceRefusal)
        -> SeamComparison
    {
        if let known = compared.withLock({ $0[content] }) { return known }
        let comparison = try await run { (stop) throws(FaceRefusal) in
            var pictures: [Face: Picture] = [:]
            for (face, file) in files.sorted(by: { $0.key < $1.key }) {
                pictures[face] = try Self.decode(file, atLeast: JPEGDecoding.enough, stop)
            }
            return SeamComparison(of: pictures)
        }
        compared.withLock { compared in
            if compared.count >= Self.mostKept { compared.removeAll() }
            compared[content] = comparison
        }
        return comparison
    }

    /// Which of these faces cannot be shown, as far as their names and sizes say.
    package func missing(of files: [Face: FaceFile]) async -> [Face: FaceRefusal] {
        let found = try? await run { (_) throws(FaceRefusal) in
            var missing: [Face: FaceRefusal] = [:]
            for (face, file) in files {
                do throws(FaceRefusal) { try file.looksUnchanged() } catch { missing[face] = error }
            }
            return missing
        }
        // Busy: each picture says for itself what became of it.
        return found ?? [:]
    }

    func run<Value: Sendable>(
        _ work: @escaping @Sendable (StopSignal) throws(FaceRefusal) -> Value
    ) async throws(FaceRefusal) -> Value {
        let isFree = waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return false }
            waiting += 1
            return true
        }
        guard isFree else { throw .busy }
        defer { waiting.withLock { $0 -= 1 } }
        let stop = StopSignal()
        let result: Result<Value, FaceRefusal>
        do {
            result = try await withTaskCancellationHandler {
                try await threads.runIfActive {
                    do throws(FaceRefusal) { return .success(try work(stop)) } catch { return .failure(error) }
                }
            } onCancel: {
                stop.set()
            }
        } catch {
            // The pool's only errors: cancelled before a thread was free, or shut down.
            throw .busy
        }
        return try result.get()
    }

    private static func decode(_ file: FaceFile, atLeast edge: Int, _ stop: StopSignal) throws(FaceRefusal) -> Picture {
        let bytes = try file.read(stop: stop)
        do throws(Picture.Undecodable) {
            return try Picture.decode(bytes, atLeast: edge)
        } catch {
            throw .undecodable(file, "\(error)")
        }
    }

    private static func encode(_ picture: Picture, _ file: FaceFile) throws(FaceRefusal) -> [UInt8] {
        do throws(JPEGEncodingError) {
            return try JPEGEncoding.encode(
                rgb: picture.pixels,
                width: picture.width,
                height: picture.height,
                quality: 85
            )
        } catch {
            throw .undecodable(file, "\(error)")
        }
    }
}
