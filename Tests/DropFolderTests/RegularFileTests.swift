import DropFolder
import Foundation
import Glibc
import Station
import TestSupport
import Testing

struct RegularFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func refusal(of name: String, in path: String? = nil) throws -> DropFolderError? {
        let held = try OpenFolder(root: path ?? folder.path)
        return OpenFolderTests.refusal { () throws(DropFolderError) in _ = try RegularFile(name, in: held) }
    }

    @Test func `a file is read at any offset, short only at its end`() throws {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try folder.write(bytes, to: "front.jpg")
        let file = try RegularFile("front.jpg", in: OpenFolder(root: folder.path))
        #expect(file.stamp.size == 10_000)
        #expect(try file.read(at: 0, count: 10_000) == bytes)
        #expect(try file.read(at: 9_990, count: 100) == Array(bytes[9_990...]))
        #expect(try file.read(at: 123, count: 456) == Array(bytes[123..<579]))
        #expect(try file.read(at: 10_000, count: 10).isEmpty)
        #expect(try file.read(at: 20_000, count: 10).isEmpty)
        #expect(try file.read(at: 0, count: 0).isEmpty)
    }

    @Test func `a file that is written to while it is open shows it`() throws {
        try folder.write("abc", to: "front.jpg")
        let file = try RegularFile("front.jpg", in: OpenFolder(root: folder.path))
        #expect(try file.currentStamp() == file.stamp)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("front.jpg")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("d".utf8))
        try handle.close()
        #expect(try !file.currentStamp().sameContent(as: file.stamp))
        #expect(try file.currentStamp().size == 4)
    }

    @Test func `a file that is replaced by name is still the one that was opened`() throws {
        try folder.write("old", to: "front.jpg")
        let file = try RegularFile("front.jpg", in: OpenFolder(root: folder.path))
        try folder.write("new!", to: "other")
        #expect(rename(folder.path("other"), folder.path("front.jpg")) == 0)
        #expect(try file.read(at: 0, count: 10) == Array("old".utf8))
    }

    @Test func `a symlink is refused, even to a file next to it`() throws {
        try folder.write("x", to: "real.jpg")
        try FileManager.default.createSymbolicLink(atPath: folder.path("front.jpg"), withDestinationPath: "real.jpg")
        #expect(try refusal(of: "front.jpg") == .notRegular(path: folder.path("front.jpg"), kind: .symlink))
        try FileManager.default.createSymbolicLink(atPath: folder.path("dangling.jpg"), withDestinationPath: "nowhere")
        #expect(try refusal(of: "dangling.jpg") == .notRegular(path: folder.path("dangling.jpg"), kind: .symlink))
    }

    @Test(.timeLimit(.minutes(15)))
    func `a FIFO is refused without waiting for its writer`() throws {
        #expect(mkfifo(folder.path("front.jpg"), 0o644) == 0)
        #expect(try refusal(of: "front.jpg") == .notRegular(path: folder.path("front.jpg"), kind: .fifo))
    }

    @Test func `a socket is refused`() throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(folder.path("front.jpg").utf8)
        try #require(path.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        let held = try OpenFolder(root: folder.path)
        #expect(try held.stamp(of: "front.jpg").kind == .socket)
        let error = try #require(try refusal(of: "front.jpg"))
        guard case .notRegular = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `a device and a folder are refused`() throws {
        #expect(try refusal(of: "null", in: "/dev") == .notRegular(path: "/dev/null", kind: .device))
        try folder.makeFolder("front.jpg")
        #expect(try refusal(of: "front.jpg") == .notRegular(path: folder.path("front.jpg"), kind: .folder))
    }

    @Test func `a link on the way to a file is said to be one, and a folder that is missing to be missing`() throws {
        try folder.makeFolder("real")
        try folder.write("points", to: "real/hall.e57")
        #expect(symlink("real", folder.path("link")) == 0)
        try folder.write("x", to: "file")
        func refusal(_ path: String) -> DropFolderError? {
            do throws(DropFolderError) {
                _ = try RegularFile(at: ItemPath(inbox: folder.path, path: path)).stamp
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal("real/hall.e57") == nil)
        #expect(refusal("link/hall.e57") == .notRegular(path: folder.path("link"), kind: .symlink))
        #expect(refusal("file/hall.e57") == .notRegular(path: folder.path("file"), kind: .file))
        #expect(refusal("gone/hall.e57") == .missing(path: folder.path("gone")))
    }

    @Test func `a file that is not there is reported as missing`() throws {
        #expect(try refusal(of: "front.jpg") == .missing(path: folder.path("front.jpg")))
    }

    @Test(.enabled(if: geteuid() != 0, "root reads everything"))
    func `a file that drop360 may not read waits for permission`() throws {
        try folder.write("x", to: "front.jpg")
        chmod(folder.path("front.jpg"), 0)
        #expect(try refusal(of: "front.jpg") == .noPermission(path: folder.path("front.jpg")))
        #expect(try OpenFolder(root: folder.path).stamp(of: "front.jpg").size == 1)
    }

    @Test(arguments: [
        (ENOENT, DropFolderError.missing(path: "p")), (ENOTDIR, .missing(path: "p")),
        (EACCES, .noPermission(path: "p")),
        (EPERM, .noPermission(path: "p")), (ELOOP, .notRegular(path: "p", kind: .symlink)),
        (ENXIO, .notRegular(path: "p", kind: .other)), (EIO, .unavailable(path: "p", code: EIO)),
        (ESTALE, .unavailable(path: "p", code: ESTALE)),
        (EMFILE, .unavailable(path: "p", code: EMFILE)),
    ])
    func `each errno has its meaning`(code: Int32, error: DropFolderError) {
        #expect(DropFolderError(errno: code, path: "p") == error)
    }

    @Test func `a failing disk or missing permission is waited for, never the station's fault`() {
        for code in [EIO, ESTALE, EMFILE, ENFILE, ENODATA, EACCES, EPERM, ENETDOWN, ETIMEDOUT] {
            #expect(DropFolderError(errno: code, path: "p").remedy == .retry(after: nil))
        }
        #expect(DropFolderError(errno: ENOENT, path: "p").remedy == .release)
    }

    @Test func `messages never contain what controls a terminal`() {
        let path = "in\u{1b}[2Jbox"
        let errors: [DropFolderError] = [
            .missing(path: path), .noPermission(path: path), .notRegular(path: path, kind: .fifo),
            .unavailable(path: path, code: EIO),
        ]
        for error in errors {
            #expect(!error.description.contains("\u{1b}"))
            #expect(error.summary.contains("in\\u{1b}[2Jbox"))
        }
        #expect(errors[2].summary.contains("a named pipe"))
    }
}
