import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// The other end of systemd's protocol: a datagram socket that keeps what the daemon says, with the time at which it came.
final class NotifySocket: Sendable {
    struct Message: Sendable {
        let at: Date
        let text: String
    }

    let path: String
    private let descriptor: Int32
    private let heard = Heard()

    /// Shared with the thread, which must not keep the socket's owner alive.
    private final class Heard: Sendable {
        let messages = Mutex<[Message]>([])
    }

    init(_ path: String) throws {
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        self.descriptor = descriptor
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0, "\(path): \(String(cString: strerror(errno)))")
        Thread.detachNewThread { [heard] in Self.listen(descriptor, heard) }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private static func listen(_ descriptor: Int32, _ heard: Heard) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            // Nobody sends empty messages: this is the shutdown.
            guard count > 0 else { break }
            let message = Message(at: Date(), text: String(decoding: buffer.prefix(count), as: UTF8.self))
            heard.messages.withLock { $0.append(message) }
        }
        close(descriptor)
    }

    var messages: [Message] { heard.messages.withLock { $0 } }

    func count(_ line: String) -> Int {
        messages.count { $0.text.split(separator: "\n").contains { $0 == line } }
    }
}
