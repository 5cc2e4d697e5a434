import Foundation
import Glibc

/// The process that holds a lock, as reported by the kernel; the locked file's contents prove nothing.
package struct LockHolder: Equatable, Sendable, CustomStringConvertible {
    /// Nil if the kernel does not report it, such as for a process in another container.
    package var process: Int32?
    /// What the process calls itself; nil if we are not allowed to read it.
    package var name: String?

    package init(process: Int32? = nil, name: String? = nil) {
        self.process = process
        self.name = name
    }

    /// Whether it is probably a drop360; a process that cannot be inspected counts as one.
    package var isDrop360: Bool { name.map { $0.hasPrefix("drop360") } ?? true }

    package var description: String {
        guard let process else { return "a process that cannot be seen from here" }
        return isDrop360 ? "process \(process)" : "process \(process), '\(name ?? "")'"
    }

    /// The holder of the `flock` on an open file.
    static func find(_ descriptor: Int32) -> LockHolder {
        var status = stat()
        guard fstat(descriptor, &status) == 0, let table = wholeFile("/proc/locks"),
            let process = holder(of: status.st_ino, on: status.st_dev, in: table)
        else { return LockHolder() }
        let name = wholeFile("/proc/\(process)/comm")?.trimmingCharacters(in: .newlines)
        return LockHolder(process: process, name: name?.isEmpty == false ? name : nil)
    }

    /// Finds a lock in the text of `/proc/locks`, whose lines are `1: FLOCK  ADVISORY  WRITE 1234 fe:00:131090 0 EOF`.
    ///
    /// Some file systems (btrfs, overlays) show a different device there than `fstat`: then the inode number alone must do.
    static func holder(of inode: UInt, on device: UInt, in table: String) -> Int32? {
        let wanted = String(format: "%02x:%02x", major(device), minor(device))
        var others: [Int32] = []
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            // Processes that wait for a lock have an arrow before them.
            guard words.count >= 6, words[1] == "FLOCK", let process = Int32(words[4]), process > 0 else { continue }
            let place = words[5].split(separator: ":")
            guard place.count == 3, place[2] == "\(inode)" else { continue }
            if place[0...1].joined(separator: ":") == wanted { return process }
            others.append(process)
        }
        return others.count == 1 ? others[0] : nil
    }

    /// The inverse of the C library's `makedev` (gnu_dev_major(3)).
    private static func major(_ device: UInt) -> UInt32 {
        UInt32((device >> 8) & 0xFFF) | UInt32((device >> 32) & 0xFFFF_F000)
    }

    private static func minor(_ device: UInt) -> UInt32 {
        UInt32(device & 0xFF) | UInt32((device >> 12) & 0xFFFF_FF00)
    }

    /// A file of `/proc`, to its end: one read gives a page at most.
    private static func wholeFile(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { bytes += buffer[0..<count] } else if count == 0 || errno != EINTR { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
