import Foundation
import Station
import Synchronization
import TestSupport
import Testing

@testable import Inspection

/// What pictures for people cost, and what folders that hang cost them.
@Suite(.timeLimit(.minutes(5)))
struct PreviewBudgetTests {
    private let clock = ManualClock()
    private let inspector = Inspector(threads: 1)
    private let previews: FacePreviews
    private let inbox: TemporaryFolder

    init() throws {
        previews = FacePreviews(besides: inspector) { [clock] in try await clock.sleep(for: $0) }
        inbox = try TemporaryFolder()
        try inbox.makeFolder("site/hall/a")
    }

    /// An interlaced PNG without pixels: a few bytes that ask for `edge` · `edge` · 3 of them.
    private static func interlaced(_ edge: Int) -> [UInt8] {
        let header = Pictures.big(edge, 4) + Pictures.big(edge, 4) + [8, 2, 0, 0, 1]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Pictures.chunk("IHDR", header)
            + Pictures.chunk("IDAT", [0x78, 0x01, 1, 0, 0, 0xFF, 0xFF, 0, 0, 0, 1]) + Pictures.chunk("IEND", [])
    }

    private func put(_ bytes: [UInt8], as name: String) throws -> FaceFile {
        try inbox.write(bytes, to: "site/hall/" + name)
        return FaceFile(found: name, in: ItemPath(inbox: inbox.path, path: "site/hall"))
    }

    @Test func `a large picture waits for the heavy lane, and ordinary ones do not wait for it`() async throws {
        let (large, ordinary) = (
            try put(Self.interlaced(7000), as: "large.png"),
            try put(Pictures.jpeg(width: 256, height: 256), as: "ordinary.jpg")
        )
        let (begun, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let inspection: Void? = inspector.inHeavyLane { _ in
            begun.signal()
            release.wait()
        }
        try await Self.reached(begun)
        let shown = Task { try await previews.picture(of: large, edge: 256) }
        // The inspection takes longer than anybody waits for a picture.
        _ = try await eventually("the picture to wait") {
            clock.nextDeadline?.offset == .seconds(20) ? true : nil
        }
        #expect(try await previews.picture(of: ordinary, edge: 128).jpeg.isEmpty == false)
        clock.advance(by: .seconds(20))
        let error = await #expect(throws: FaceRefusal.crowded(large)) { try await shown.value }
        #expect(error?.words.hasPrefix("large.png is large") == true)
        release.signal()
        _ = await inspection
        // Now it is decoded, as far as that goes.
        let other = await #expect(throws: FaceRefusal.self) { try await previews.picture(of: large, edge: 256) }
        guard case .undecodable = other else {
            Issue.record("\(String(describing: other))")
            return
        }
    }

    @Test func `what does not fit into the budget is refused before it is decoded, with words`() async throws {
        let limit = ReadPicture.fileLimit
        let endless = try put([0xFF, 0xD8, 0xFF], as: "endless.jpg")
        try FileHandle(forWritingTo: URL(fileURLWithPath: inbox.path("site/hall/endless.jpg")))
            .truncate(atOffset: UInt64(limit) + 1)
        let files = [
            endless, try put(Self.interlaced(15000), as: "interlaced.png"),
            try put(Self.interlaced(60000), as: "wide.png"), try put(Pictures.bomb(scans: 60), as: "bomb.jpg"),
        ]
        for file in files {
            await #expect(throws: FaceRefusal.tooLarge(file)) { try await previews.picture(of: file, edge: 256) }
        }
        #expect(FaceRefusal.tooLarge(endless).words.hasPrefix("endless.jpg is too large to be shown here."))
    }

    /// The headers of a colour JPEG of `edge` × `edge` pixels, with a scan of each of these lists of components.
    private static func headers(_ edge: Int, marker: UInt8, scans: [[UInt8]]) -> FileContents {
        let components: [UInt8] = [1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
        var bytes: [UInt8] = [0xFF, 0xD8, 0xFF, marker, 0, 17, 8]
        bytes += Pictures.big(edge, 2) + Pictures.big(edge, 2) + [3] + components
        for scan in scans {
            bytes += [0xFF, 0xDA] + Pictures.big(6 + 2 * scan.count, 2) + [UInt8(scan.count)]
            for component in scan { bytes += [component, 0] }
            bytes += [0, 63, 0]
        }
        return FileContents(bytes: bytes + [0xFF, 0xD9], digest: FileDigest(rawValue: "none"))
    }

    @Test func `what is decoded line by line takes the memory of what is shown`() throws {
        let ordinary = try ReadPicture(Self.headers(12_000, marker: 0xC0, scans: [[1, 2, 3]]), atLeast: 256)
        #expect(ordinary.memory < 8 << 20)
        for (marker, scans) in [(0xC2, [[1, 2, 3]]), (0xC0, [[1], [2], [3]])] as [(UInt8, [[UInt8]])] {
            #expect(throws: ImageRefusal.self) {
                try ReadPicture(Self.headers(12_000, marker: marker, scans: scans), atLeast: 256)
            }
            let smaller = try ReadPicture(Self.headers(4000, marker: marker, scans: scans), atLeast: 256)
            #expect(smaller.memory > 4000 * 4000 * 6)
        }
    }

    @Test(arguments: ["front.jpg", "../secret.jpg", "..", "/etc/passwd", "a/b.jpg", ""])
    func `a name leads nowhere but into the folder`(name: String) async throws {
        try inbox.write(Pictures.jpeg(width: 256, height: 256), to: "site/secret.jpg")
        try inbox.write(Pictures.jpeg(width: 256, height: 256), to: "site/hall/a/b.jpg")
        let file = FaceFile(found: name, in: ItemPath(inbox: inbox.path, path: "site/hall"))
        await #expect(throws: FaceRefusal.gone(file)) { try await previews.picture(of: file, edge: 256) }
    }

    @Test func `a folder that hangs is given up, asked by nobody meanwhile, and keeps no other waiting`() async throws {
        let file = try put(Pictures.jpeg(width: 256, height: 256), as: "front.jpg")
        let other = try TemporaryFolder()
        try other.makeFolder("hall")
        try other.write(Pictures.jpeg(width: 256, height: 256), to: "hall/front.jpg")
        let elsewhere = FaceFile(found: "front.jpg", in: ItemPath(inbox: other.path, path: "hall"))
        let asked = TimesAsked()
        let release = DispatchSemaphore(value: 0)
        async let hung = previews.ask(inbox.path, patience: .seconds(3)) { (_) throws(FaceRefusal) in
            asked.count.withLock { $0 += 1 }
            release.wait()
        }
        async let hungRead = previews.access.faces(inbox.path, patience: .seconds(3)) { (_) throws(FaceRefusal) in
            asked.count.withLock { $0 += 1 }
            release.wait()
        }
        await clock.untilAsleep(2)
        async let queued = previews.missing(of: [.front: file])
        #expect(try await previews.picture(of: elsewhere, edge: 128).jpeg.isEmpty == false)
        clock.advance(by: .seconds(3))
        guard case (.failure(.unanswered), .failure(.unanswered)) = await (hung, hungRead) else {
            Issue.record("there was an answer")
            return
        }
        // Whether they came before or after it was given up, and without any more patience.
        let others = await queued
        #expect(others == [.front: .unanswered])
        #expect(await previews.missing(of: [.front: file, .back: elsewhere])[.front] == .unanswered)
        await #expect(throws: FaceRefusal.unanswered) { try await previews.picture(of: file, edge: 128) }
        await #expect(throws: ReportRefusal.unanswered) {
            try await previews.text(of: inbox.path("hall.REJECTED.txt"), inbox: inbox.path)
        }
        #expect(asked.count.withLock { $0 } == 2)
        #expect(FaceRefusal.unanswered.words.hasPrefix("The folder does not answer"))
        for _ in 0..<2 { release.signal() }
        _ = try await eventually("the folder to answer again") {
            await previews.missing(of: [.front: file]).isEmpty ? true : nil
        }
        let shown = try await eventually("its pictures to be there again") { () async throws -> ShownFace? in
            do throws(FaceRefusal) { return try await previews.picture(of: file, edge: 128) } catch {
                guard error == .unanswered else { throw error }
                return nil
            }
        }
        #expect(!shown.jpeg.isEmpty)
    }

    @Test func `who looks at a folder does not wait for pictures that are read from it`() async throws {
        let file = try put(Pictures.jpeg(width: 256, height: 256), as: "front.jpg")
        try inbox.write(Array("REJECTED".utf8), to: "site/hall.REJECTED.txt")
        let (begun, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let read: Result<Void, FaceRefusal> = previews.access.faces(inbox.path, patience: .seconds(30)) {
            (_) throws(FaceRefusal) in
            begun.signal()
            release.wait()
        }
        try await Self.reached(begun)
        #expect(await previews.missing(of: [.front: file]).isEmpty)
        #expect(try await previews.text(of: inbox.path("site/hall.REJECTED.txt"), inbox: inbox.path) == "REJECTED")
        release.signal()
        _ = await read
    }

    @Test func `whoever leaves early goes at once, and does not make a folder count as one that hangs`() async throws {
        let file = try put(Pictures.jpeg(width: 256, height: 256), as: "front.jpg")
        let told = FactsTold()
        let (begun, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let leaving = Task {
            await previews.access.faces(inbox.path, patience: .seconds(30)) { (stop) throws(FaceRefusal) in
                begun.signal()
                release.wait()
                told.isStopped.withLock { $0 = stop.isSet }
            }
        }
        try await Self.reached(begun)
        leaving.cancel()
        // The folder has not answered yet.
        let left = await leaving.value
        #expect(throws: FaceRefusal.busy) { try left.get() }
        async let shown = previews.picture(of: file, edge: 128)
        release.signal()
        let picture = try await shown
        #expect(!picture.jpeg.isEmpty)
        // It was told that nobody waits any more.
        #expect(told.isStopped.withLock { $0 })
    }

    @Test func `whoever leaves the line lets those behind come to their turn`() async throws {
        let file = try put(Pictures.jpeg(width: 256, height: 256), as: "front.jpg")
        let (begun, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let read: Result<Void, FaceRefusal> = previews.access.faces(inbox.path, patience: .seconds(30)) {
            (_) throws(FaceRefusal) in
            begun.signal()
            release.wait()
        }
        try await Self.reached(begun)
        let leaving = Task {
            await previews.access.faces(inbox.path, patience: .seconds(30)) { (_) throws(FaceRefusal) in
                Issue.record("nobody waits for this")
            }
        }
        leaving.cancel()
        let left = await leaving.value
        #expect(throws: FaceRefusal.busy) { try left.get() }
        release.signal()
        #expect(try await previews.picture(of: file, edge: 128).jpeg.isEmpty == false)
        _ = await read
    }

    @Test func `who is in line may be turned away, and the next one comes in`() async throws {
        let turnstile = Turnstile()
        #expect(await turnstile.enter())
        let inLine = Task { await turnstile.enter() }
        // Again until it is in line.
        let sending = Task {
            while !Task.isCancelled {
                turnstile.turnAway()
                await Task.yield()
            }
        }
        #expect(await inLine.value == false)
        sending.cancel()
        await sending.value
        turnstile.leave()
        #expect(await turnstile.enter())
    }

    /// Waits on a thread of its own.
    private static func reached(_ semaphore: DispatchSemaphore) async throws {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}

/// What work on a thread has seen.
private final class FactsTold: Sendable {
    let isStopped = Mutex(false)
}

private final class TimesAsked: Sendable {
    let count = Mutex(0)
}
