import NIOPosix
import Station
import Synchronization

/// Decodes faces for people to look at, within inspection's budget of memory.
///
/// One ordinary picture at a time is decoded on a thread of its own, and one large one at a time in inspection's heavy lane: after the stations
/// that wait there, and not at all where those take long: then those behind it are turned away, too. While a large one waits, no more than its file is
/// in memory; of the pictures behind it there is nothing.
final class PictureLanes: Sendable {
    /// How long a folder has for the bytes of one picture.
    private static let readPatience = Duration.seconds(30)
    /// How long a large picture waits for the heavy lane.
    private static let lanePatience = Duration.seconds(20)

    private let inspector: Inspector
    private let access: FolderAccess
    private let sleep: @Sendable (Duration) async throws -> Void
    private let threads = NIOThreadPool(numberOfThreads: 1)
    private let (ordinary, large) = (Turnstile(), Turnstile())

    /// - Parameters:
    ///   - inspector: Has the heavy lane.
    ///   - access: By which files are read.
    ///   - sleep: Ends when a duration is over, or is cancelled.
    init(besides inspector: Inspector, access: FolderAccess, sleep: @escaping @Sendable (Duration) async throws -> Void)
    {
        (self.inspector, self.access, self.sleep) = (inspector, access, sleep)
        threads.start()
    }

    deinit { threads.shutdownGracefully { _ in } }

    /// Reads and decodes a face, and makes something of it on the same thread.
    func decode<Value: Sendable>(
        _ file: FaceFile,
        atLeast edge: Int,
        _ use: @escaping @Sendable (Picture, FileDigest) throws(FaceRefusal) -> Value
    ) async throws(FaceRefusal) -> Value {
        if let value = try await decodeOrdinary(file, atLeast: edge, use) { return value }
        guard await large.enter() else { throw .crowded(file) }
        defer { large.leave() }
        guard let picture = try await read(file, limit: ReadPicture.fileLimit, atLeast: edge) else {
            throw .tooLarge(file)
        }
        do throws(FaceRefusal) {
            return try await inHeavyLane(picture, of: file) { (picture) throws(FaceRefusal) in
                try Self.use(picture, of: file, use)
            }
        } catch {
            // The lane is as taken for those in line: one after another, each would wait as long.
            if error == .crowded(file), !Task.isCancelled { large.turnAway() }
            throw error
        }
    }

    /// - Returns: Nil if the picture is not an ordinary one.
    private func decodeOrdinary<Value: Sendable>(
        _ file: FaceFile,
        atLeast edge: Int,
        _ use: @escaping @Sendable (Picture, FileDigest) throws(FaceRefusal) -> Value
    ) async throws(FaceRefusal) -> Value? {
        // Nobody is turned away here.
        guard await ordinary.enter() else { throw .busy }
        defer { ordinary.leave() }
        guard let picture = try await read(file, limit: Int64(InspectionLane.lightMemory), atLeast: edge),
            picture.memory <= InspectionLane.lightMemory
        else { return nil }
        return try await onThread { () throws(FaceRefusal) in try Self.use(picture, of: file, use) }
    }

    private func read(_ file: FaceFile, limit: Int64, atLeast edge: Int) async throws(FaceRefusal) -> ReadPicture? {
        let read = await access.faces(file.root, patience: Self.readPatience) {
            (stop) throws(FaceRefusal) -> ReadPicture? in
            guard let contents = try file.read(limit: limit, stop: stop) else { return nil }
            do throws(ImageRefusal) { return try ReadPicture(contents, atLeast: edge) } catch {
                throw FaceRefusal(error, of: file)
            }
        }
        return try read.get()
    }

    private static func use<Value>(
        _ picture: ReadPicture,
        of file: FaceFile,
        _ use: (Picture, FileDigest) throws(FaceRefusal) -> Value
    ) throws(FaceRefusal) -> Value {
        let decoded: Picture
        do throws(ImageRefusal) { decoded = try picture.decoded() } catch { throw FaceRefusal(error, of: file) }
        return try use(decoded, picture.digest)
    }

    /// Does `work` on the thread for ordinary pictures.
    func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws(FaceRefusal) -> Value
    ) async throws(FaceRefusal) -> Value {
        let result: Result<Value, FaceRefusal>
        do {
            result = try await threads.runIfActive {
                do throws(FaceRefusal) { return .success(try work()) } catch { return .failure(error) }
            }
        } catch {
            // The pool's only errors: cancelled before the thread was free, or shut down.
            throw .busy
        }
        return try result.get()
    }

    /// Does `work` when no large station is being inspected; gives up where that takes long.
    ///
    /// What has been given up stays in the pool's line, but without the picture: the line moves only when the inspection before it ends.
    private func inHeavyLane<Value: Sendable>(
        _ picture: ReadPicture,
        of file: FaceFile,
        _ work: @escaping @Sendable (ReadPicture) throws(FaceRefusal) -> Value
    ) async throws(FaceRefusal) -> Value {
        let held = HeldPicture(picture)
        let (ends, ended) = AsyncStream<Void>.makeStream()
        let turn = Task { [inspector] () -> Result<Value, FaceRefusal>? in
            defer { ended.finish() }
            return await inspector.inHeavyLane { _ -> Result<Value, FaceRefusal>? in
                guard let picture = held.take() else { return nil }
                do throws(FaceRefusal) { return .success(try work(picture)) } catch { return .failure(error) }
            } ?? nil
        }
        await withTaskGroup(of: Void.self) { group in
            // It is cancelled where the lane was free.
            group.addTask { [sleep] in try? await sleep(Self.lanePatience) }
            group.addTask { for await _ in ends {} }
            await group.next()
            group.cancelAll()
        }
        guard held.take() == nil else { throw .crowded(file) }
        // What has begun is waited for: it takes a second or two.
        guard let result = await turn.value else { throw .crowded(file) }
        return try result.get()
    }
}

/// A picture until somebody begins with it, or gives it up.
private final class HeldPicture: Sendable {
    private let picture: Mutex<ReadPicture?>

    init(_ picture: ReadPicture) { self.picture = Mutex(picture) }

    func take() -> ReadPicture? { picture.withLock { $0.take() } }
}
