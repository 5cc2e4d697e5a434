import Foundation
import Glibc

// What programs do that are not at hand here: the same system calls.
extension Arrival {
    static let calls: [Arrival] = [
        Arrival(name: "a writer at 1 kB/s", isSlow: true) { source, inbox, path in
            try write(source, inbox, path) { file, bytes in
                for start in stride(from: 0, to: bytes.count, by: 100) {
                    try put(file, bytes[start..<min(start + 100, bytes.count)], at: start)
                    pause(.milliseconds(100))
                }
            }
        },
        Arrival(name: "a writer that stalls in mid-file", isSlow: true) { source, inbox, path in
            try write(source, inbox, path) { file, bytes in
                try put(file, bytes[..<(bytes.count / 2)], at: 0)
                pause(.milliseconds(900))
                try put(file, bytes[(bytes.count / 2)...], at: bytes.count / 2)
            }
        },
        Arrival(name: "full size first", isSlow: true) { source, inbox, path in
            try write(source, inbox, path) { file, bytes in
                guard posix_fallocate(file, 0, off_t(bytes.count)) == 0 else { throw failure("posix_fallocate") }
                for start in stride(from: 0, to: bytes.count, by: 400) {
                    try put(file, bytes[start..<min(start + 400, bytes.count)], at: start)
                    pause(.milliseconds(60))
                }
            }
        },
        Arrival(name: "memory map after the last close", isSlow: true) { source, inbox, path in
            let folder = try makeFolder(inbox, path)
            for name in try files(of: source) { try map(try bytes(source + "/" + name), to: folder + "/" + name) }
        },
        Arrival(name: "O_TMPFILE and linkat") { source, inbox, path in
            let folder = try makeFolder(inbox, path)
            for name in try files(of: source) {
                // Glibc's macro, which Swift does not import: __O_TMPFILE | O_DIRECTORY.
                let file = open(folder, O_WRONLY | 0o20000000 | O_DIRECTORY | O_CLOEXEC, 0o644)
                guard file >= 0 else { throw failure("O_TMPFILE") }
                let bytes = try bytes(source + "/" + name)
                try put(file, bytes[...], at: 0)
                let linked = linkat(AT_FDCWD, "/proc/self/fd/\(file)", AT_FDCWD, folder + "/" + name, AT_SYMLINK_FOLLOW)
                close(file)
                guard linked == 0 else { throw failure("linkat") }
            }
        },
        Arrival(name: "closed after every piece", isSlow: true) { source, inbox, path in
            let folder = try makeFolder(inbox, path)
            for name in try files(of: source) {
                let bytes = try bytes(source + "/" + name)
                for start in stride(from: 0, to: bytes.count, by: 300) {
                    let file = open(folder + "/" + name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
                    guard file >= 0 else { throw failure("open") }
                    try put(file, bytes[start..<min(start + 300, bytes.count)], at: start)
                    close(file)
                    pause(.milliseconds(20))
                }
            }
        },
        Arrival(name: "a temporary becomes the file") { source, inbox, path in
            let folder = try makeFolder(inbox, path)
            for name in try files(of: source) {
                try Data(try bytes(source + "/" + name)).write(to: URL(fileURLWithPath: folder + "/" + name + ".part"))
                guard rename(folder + "/" + name + ".part", folder + "/" + name) == 0 else { throw failure("rename") }
            }
        },
        Arrival(name: "renamed while being written") { source, inbox, path in
            let draft = try makeFolder(inbox, path + "-draft")
            let names = try files(of: source)
            for name in names.prefix(3) {
                try Data(try bytes(source + "/" + name)).write(to: URL(fileURLWithPath: draft + "/" + name))
            }
            guard rename(draft, inbox + "/" + path) == 0 else { throw failure("rename") }
            for name in names.dropFirst(3) {
                try Data(try bytes(source + "/" + name)).write(
                    to: URL(fileURLWithPath: inbox + "/" + path + "/" + name)
                )
            }
        },
        Arrival(name: "five folders deep, made in a rush") { source, inbox, path in
            let folder = try makeFolder(inbox, path + "/b/c/d/e")
            for name in try files(of: source) {
                try Data(try bytes(source + "/" + name)).write(to: URL(fileURLWithPath: folder + "/" + name))
            }
        },
    ]

    private static func failure(_ call: String) -> Failure {
        Failure(description: "\(call): \(String(cString: strerror(errno)))")
    }

    /// How slow such a writer is; it is what the test is about, and nothing waits for it.
    private static func pause(_ duration: Duration) {
        poll(nil, 0, Int32(duration.components.attoseconds / 1_000_000_000_000_000))
    }

    private static func put(_ file: Int32, _ bytes: ArraySlice<UInt8>, at offset: Int) throws {
        let count = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(offset)) }
        guard count == bytes.count else { throw failure("pwrite") }
    }

    private static func write(
        _ source: String,
        _ inbox: String,
        _ path: String,
        _ body: (Int32, [UInt8]) throws -> Void
    ) throws {
        let folder = try makeFolder(inbox, path)
        for name in try files(of: source) {
            let file = open(folder + "/" + name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            guard file >= 0 else { throw failure("open") }
            defer { close(file) }
            try body(file, try bytes(source + "/" + name))
        }
    }

    private static func map(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0, ftruncate(file, off_t(bytes.count)) == 0,
            let map = mmap(nil, bytes.count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), map != MAP_FAILED
        else { throw failure("mmap") }
        close(file)
        defer { munmap(map, bytes.count) }
        let length = (bytes.count + 3) / 4
        for start in stride(from: 0, to: bytes.count, by: length) {
            let piece = bytes[start..<min(start + length, bytes.count)]
            piece.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(start: map + start, count: $0.count).copyMemory(from: $0)
            }
            pause(.milliseconds(200))
        }
    }
}
