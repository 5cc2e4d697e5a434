import Foundation
import Glibc

/// One TCP connection to a server on this machine, on which anything can be sent, or nothing.
package final class RawConnection: Sendable {
    package let descriptor: Int32

    /// Why no connection was made.
    package struct NotConnected: Error { package let code: Int32 }

    /// - Parameters:
    ///   - port: On this machine.
    ///   - buffer: How many bytes the kernel keeps for one who takes nothing; nil for the usual number.
    package init(port: Int, buffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw NotConnected(code: errno) }
        if var buffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw NotConnected(code: code)
        }
    }

    deinit { close(descriptor) }

    /// Sends as much as the other side accepts; it may have closed already.
    package func send(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Sends a text again and again until the other side takes no more of it.
    package func sendUntilBlocked(_ text: String, times: Int) {
        let bytes = Array(text.utf8)
        for _ in 0..<times {
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            guard Glibc.send(descriptor, bytes, bytes.count, flags) == bytes.count else { return }
        }
    }

    /// Whether the other side has closed the connection; discards what has arrived.
    package var isClosed: Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count == 0 { return true }
            if count < 0 { return errno != EAGAIN && errno != EINTR }
        }
    }

    /// Whether something has arrived, which stays there.
    package var hasInput: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) == 1
    }

    /// Reads to the end of the connection, outside of the cooperative pool.
    package func untilEnd() async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                var text: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while true {
                    let count = recv(descriptor, &buffer, buffer.count, 0)
                    if count > 0 { text += buffer[0..<count] } else if count == 0 || errno != EINTR { break }
                }
                continuation.resume(returning: String(decoding: text, as: UTF8.self))
            }
        }
    }

    /// Sends one request on its own connection, and returns the whole answer.
    package static func ask(port: Int, _ head: String, body: String = "") async throws -> String {
        let connection = try RawConnection(port: port)
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        connection.send("\(head)\r\n\(length)Connection: close\r\n\r\n\(body)")
        return await connection.untilEnd()
    }
}
