package import Station
import Synchronization

/// A face as people are shown it.
package struct ShownFace: Sendable, Equatable {
    /// The file.
    package var jpeg: [UInt8]
    /// Of the face's own file.
    package var digest: FileDigest
}

/// Makes small pictures of faces, and compares their edges, for people to look at.
///
/// Files are read by way of ``FolderAccess``, so that nobody waits for a folder that hangs, and decoded in ``PictureLanes``, within
/// inspection's budget of memory.
///
/// However many pages are open, no more than ``mostWaiting`` requests wait; the others are refused as ``FaceRefusal/busy``.
package final class FacePreviews: Sendable {
    /// Some pages of twelve pictures each.
    static let mostWaiting = 60
    /// Comparisons that are kept: a content never changes, and one comparison takes six files to read.
    private static let mostKept = 200
    /// How long a folder has for a look at its files.
    private static let lookPatience = Duration.seconds(3)

    /// For pictures, which take a while to read.
    let access: FolderAccess
    /// For looks and for texts, which do not wait behind pictures of the same inbox.
    private let looks: FolderAccess
    private let lanes: PictureLanes
    private let waiting = Mutex(0)
    /// Decoded pictures are outside of the lanes' budget: no more than one comparison has some.
    private let comparing = Turnstile()
    private let compared = Mutex<[ContentDigest: SeamComparison]>([:])

    /// - Parameters:
    ///   - inspector: Has the heavy lane.
    ///   - sleep: Ends when a duration is over, or is cancelled.
    package init(besides inspector: Inspector, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        (access, looks) = (FolderAccess(sleep: sleep), FolderAccess(sleep: sleep))
        lanes = PictureLanes(besides: inspector, access: access, sleep: sleep)
    }

    /// The face, no more than `edge` pixels wide, and never larger than it is itself.
    ///
    /// Of an accepted face only the accepted bytes are shown; of others whatever is there, if it is a picture.
    package func picture(of file: FaceFile, edge: Int) async throws(FaceRefusal) -> ShownFace {
        try await queued { () async throws(FaceRefusal) in
            try await lanes.decode(file, atLeast: edge) { (picture, digest) throws(FaceRefusal) in
                ShownFace(jpeg: try Self.encode(picture.reduced(to: edge), file), digest: digest)
            }
        }
    }

    /// How the twelve edges of these faces meet, as named.
    ///
    /// - Parameters:
    ///   - files: All six.
    ///   - content: What they are the faces of: the same content is compared once. Nil where nothing was accepted.
    package func seams(of files: [Face: FaceFile], in content: ContentDigest?) async throws(FaceRefusal)
        -> SeamComparison
    {
        if let content, let known = compared.withLock({ $0[content] }) { return known }
        return try await queued { () async throws(FaceRefusal) -> SeamComparison in
            guard await comparing.enter() else { throw .busy }
            defer { comparing.leave() }
            // Whoever was before may have compared the same.
            if let content, let known = compared.withLock({ $0[content] }) { return known }
            let comparison = try await compare(files)
            if let content {
                compared.withLock { compared in
                    if compared.count >= Self.mostKept { compared.removeAll() }
                    compared[content] = comparison
                }
            }
            return comparison
        }
    }

    private func compare(_ files: [Face: FaceFile]) async throws(FaceRefusal) -> SeamComparison {
        var pictures: [Face: Picture] = [:]
        for (face, file) in files.sorted(by: { $0.key < $1.key }) {
            // Nobody waits for it any more, but others do for their turn.
            guard !Task.isCancelled else { throw .busy }
            do throws(FaceRefusal) {
                pictures[face] = try await lanes.decode(file, atLeast: JPEGDecoding.enough) { picture, _ in picture }
            } catch {
                // Those in line would wait for the same lane, one after another.
                if error == .crowded(file), !Task.isCancelled { comparing.turnAway() }
                throw error
            }
            guard pictures[face]?.width == pictures[face]?.height else {
                throw .undecodable(file, "it is not square, so its edges cannot be compared")
            }
        }
        return try await lanes.onThread { [pictures] in SeamComparison(of: pictures) }
    }

    /// Which of these faces cannot be shown, as far as their names and sizes say.
    package func missing(of files: [Face: FaceFile]) async -> [Face: FaceRefusal] {
        var missing: [Face: FaceRefusal] = [:]
        for (root, files) in Dictionary(grouping: files, by: { $0.value.root }) {
            let found = await ask(root, patience: Self.lookPatience) { (_) throws(FaceRefusal) in
                var missing: [Face: FaceRefusal] = [:]
                for (face, file) in files {
                    do throws(FaceRefusal) { try file.looksUnchanged() } catch { missing[face] = error }
                }
                return missing
            }
            switch found {
            case .success(let some): missing.merge(some) { first, _ in first }
            case .failure(.unanswered): for (face, _) in files { missing[face] = .unanswered }
            // Busy: each picture says for itself what became of it.
            case .failure: break
            }
        }
        return missing
    }

    /// Looks at a folder's files, as soon as the folder has answered others who look.
    func ask<Value: Sendable>(
        _ root: String,
        patience: Duration,
        _ work: @escaping @Sendable (StopSignal) throws(FaceRefusal) -> Value
    ) async -> Result<Value, FaceRefusal> {
        await looks.faces(root, patience: patience, work)
    }

    private func queued<Value: Sendable>(
        _ work: () async throws(FaceRefusal) -> Value
    ) async throws(FaceRefusal) -> Value {
        let isFree = waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return false }
            waiting += 1
            return true
        }
        guard isFree else { throw .busy }
        defer { waiting.withLock { $0 -= 1 } }
        return try await work()
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
