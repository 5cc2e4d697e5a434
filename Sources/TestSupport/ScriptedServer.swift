import Foundation
import Glibc
import Synchronization

/// A small HTTP server on loopback that answers as a test scripts it, with one thread for each connection.
///
/// For what the sandbox is too well-behaved to do. ``stop()`` it at the end of the test.
package final class ScriptedServer: Sendable {
    /// One request as received.
    package struct Request: Sendable {
        package var method: String
        /// With its query.
        package var target: String
        /// Names in lower case.
        package var headers: [String: String]
        package var body: [UInt8]
        /// Whether all bytes that `content-length` announced have arrived.
        package var isComplete: Bool

        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What the server does with a request.
    package enum Reply: Sendable {
        case answer(Int, headers: [String: String] = [:], body: String = "")
        /// Closes the connection in an orderly way, without an answer.
        case hangUp
        /// These bytes, then closes.
        case raw(String)
        /// These bytes, and then nothing more until the client goes away; `sent` is called when they have been written.
        case stuck(String, sent: @Sendable () -> Void)

        package static func json(_ body: String, status: Int = 200) -> Reply {
            .answer(status, headers: ["content-type": "application/json"], body: body)
        }
    }

    private struct State {
        var requests: [Request] = []
        var connections: Set<Int32> = []
        var isStopped = false
    }

    package struct NoSocket: Error {}

    private let listener: Int32
    /// Where it listens, such as `http://127.0.0.1:41234`.
    package let base: String
    private let state = Mutex(State())
    private let script: @Sendable (Request, _ number: Int) -> Reply

    /// Listens on a free port of 127.0.0.1.
    ///
    /// - Parameter script: Called for each request once its body has arrived or broken off, with its number from 0.
    package init(_ script: @escaping @Sendable (Request, _ number: Int) -> Reply) throws {
        self.script = script
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (socket, size) = (listener, length)
        let port: UInt16? = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(socket, address, size) == 0, listen(socket, 64) == 0 else { return nil }
                guard getsockname(socket, address, &length) == 0 else { return nil }
                return pointer.pointee.sin_port.bigEndian
            }
        }
        guard let port else { throw NoSocket() }
        base = "http://127.0.0.1:\(port)"
        Thread.detachNewThread { [self] in accept() }
    }

    /// All requests so far, in the order in which they were complete.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// Stops listening and closes all connections.
    package func stop() {
        let connections = state.withLock { state in
            state.isStopped = true
            return state.connections
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }

    private func accept() {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { break }
            let isStopped = state.withLock { state in
                state.connections.insert(connection)
                return state.isStopped
            }
            if isStopped { shutdown(connection, Int32(SHUT_RDWR)) }
            Thread.detachNewThread { [self] in
                serve(connection)
                state.withLock { _ = $0.connections.remove(connection) }
                close(connection)
            }
        }
        close(listener)
    }

    private func serve(_ connection: Int32) {
        var buffer: [UInt8] = []
        while let request = Self.read(connection, &buffer) {
            let number = state.withLock { state in
                state.requests.append(request)
                return state.requests.count - 1
            }
            switch script(request, number) {
            case .hangUp: return
            case .raw(let text):
                Self.write(Array(text.utf8), to: connection)
                return
            case .stuck(let text, let sent):
                Self.write(Array(text.utf8), to: connection)
                sent()
                while Self.receive(connection, &buffer) {}
                return
            case .answer(let status, var headers, let body):
                headers["content-length"] = String(body.utf8.count)
                let head = headers.map { "\($0): \($1)\r\n" }.joined()
                Self.write(Array("HTTP/1.1 \(status) Scripted\r\n\(head)\r\n\(body)".utf8), to: connection)
                guard request.isComplete else { return }
            }
        }
    }

    private static func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
        var headEnd: Int?
        var scanned = 0
        while headEnd == nil {
            headEnd = end(of: buffer, from: max(0, scanned - 3))
            scanned = buffer.count
            if headEnd == nil, !receive(connection, &buffer) { return nil }
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: buffer[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        let bodyStart = headEnd + 4
        let length = headers["content-length"].flatMap(Int.init) ?? 0
        while buffer.count < bodyStart + length, receive(connection, &buffer) {}
        let body = Array(buffer[bodyStart..<min(buffer.count, bodyStart + length)])
        buffer.removeFirst(bodyStart + body.count)
        return Request(
            method: words[0],
            target: words[1],
            headers: headers,
            body: body,
            isComplete: body.count == length
        )
    }

    /// Where the empty line after the head begins.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= start + 4 else { return nil }
        return (start...(bytes.count - 4)).first { bytes[$0] == 13 && Array(bytes[$0..<$0 + 4]) == [13, 10, 13, 10] }
    }

    private static func receive(_ connection: Int32, _ buffer: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(connection, &piece, piece.count, 0)
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }

    private static func write(_ bytes: [UInt8], to connection: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
