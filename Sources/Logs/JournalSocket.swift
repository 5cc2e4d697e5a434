import Glibc

/// journald's socket: one datagram for each line of the log.
package final class JournalSocket: Sendable {
    package static let journald = "/run/systemd/journal/socket"

    private let descriptor: Int32
    private let path: String

    /// Nil where no socket can be made.
    ///
    /// Whether somebody listens shows when something is sent.
    package init?(path: String = journald) {
        // `sun_path` is bounded.
        guard path.utf8.count < 100 else { return nil }
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.path = path
    }

    deinit { close(descriptor) }

    /// Sends one line; waits up to a second where journald is busy.
    ///
    /// - Returns: Whether journald has it. If not, the caller writes it elsewhere.
    package func send(_ fields: JournalFields) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bytes = fields.bytes
        for _ in 0..<2 {
            let sent = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(
                        descriptor,
                        bytes,
                        bytes.count,
                        Int32(MSG_DONTWAIT | MSG_NOSIGNAL),
                        $0,
                        socklen_t(MemoryLayout<sockaddr_un>.size)
                    )
                }
            }
            if sent == bytes.count { return true }
            guard errno == EAGAIN || errno == EINTR else { return false }
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 1000) > 0 else { return false }
        }
        return false
    }
}
