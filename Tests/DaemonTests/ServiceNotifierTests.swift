import Foundation
import Glibc
import TestSupport
import Testing

@testable import Daemon

/// Datagrams to a socket that stands for systemd's.
struct ServiceNotifierTests {
    /// A bound datagram socket; what is sent to it is there at once.
    final class Ear {
        let descriptor: Int32
        struct NotBound: Error {}

        /// - Parameter name: A path; with `@` in front, a name in the abstract namespace.
        init(_ name: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(name.utf8)
            if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            guard bound == 0 else { throw NotBound() }
        }

        deinit { close(descriptor) }

        /// Everything that was sent until now.
        func heard() -> [String] {
            var messages: [String] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count >= 0 else { return messages }
                messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
            }
        }
    }

    @Test func `messages arrive whole at the socket of the environment`() throws {
        let folder = try TemporaryFolder()
        let ear = try Ear(folder.path("notify"))
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": folder.path("notify")])
        notifier.send("READY=1\nSTATUS=Scanning the inboxes")
        notifier.send("WATCHDOG=1")
        notifier.send("STATUS=Offline since …")
        #expect(ear.heard() == ["READY=1\nSTATUS=Scanning the inboxes", "WATCHDOG=1", "STATUS=Offline since …"])
    }

    @Test(.timeLimit(.minutes(15))) func `a reader that hangs does not hang the daemon`() throws {
        let folder = try TemporaryFolder()
        let ear = try Ear(folder.path("notify"))
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": folder.path("notify")])
        // More than the kernel keeps for one socket, on any machine: 1 + net.unix.max_dgram_qlen.
        let kept = try String(contentsOfFile: "/proc/sys/net/unix/max_dgram_qlen", encoding: .utf8)
        let count = try #require(Int(kept.trimmingCharacters(in: .whitespacesAndNewlines))) + 3
        for number in 0..<count { notifier.send("STATUS=\(number)") }
        let heard = ear.heard()
        #expect(heard.first == "STATUS=0" && heard.count < count)
    }

    @Test func `a name with @ in front is an abstract socket`() throws {
        let name = "@drop360-test-" + UUID().uuidString
        let ear = try Ear(name)
        ServiceNotifier(environment: ["NOTIFY_SOCKET": name]).send("READY=1")
        #expect(ear.heard() == ["READY=1"])
    }

    @Test(arguments: [nil, "", "/nowhere/at/all", "@nobody-listens-here", String(repeating: "x", count: 500)])
    func `without a socket nothing happens`(socket: String?) throws {
        var environment: [String: String] = [:]
        environment["NOTIFY_SOCKET"] = socket
        ServiceNotifier(environment: environment).send("READY=1")
    }

    @Test func `a socket that went away is no trouble`() throws {
        let folder = try TemporaryFolder()
        var ear: Ear? = try Ear(folder.path("notify"))
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": folder.path("notify")])
        notifier.send("READY=1")
        #expect(ear?.heard() == ["READY=1"])
        ear = nil
        notifier.send("WATCHDOG=1")
    }

    @Test func `the longest path that a socket can have is served`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(String(repeating: "n", count: 107 - folder.path.utf8.count - 1))
        #expect(path.utf8.count == 107)
        let ear = try Ear(path)
        ServiceNotifier(environment: ["NOTIFY_SOCKET": path]).send("READY=1")
        #expect(ear.heard() == ["READY=1"])
    }

    @Test(
        arguments: [
            ("30000000", nil, Duration.seconds(30)), ("1", nil, .microseconds(1)), ("0", nil, nil), ("-5", nil, nil),
            ("soon", nil, nil), ("", nil, nil), ("30000000", "1", nil),
        ] as [(String, String?, Duration?)]
    )
    func `the watchdog's interval is read, unless it is another process's`(
        text: String,
        pid: String?,
        expected: Duration?
    ) {
        var environment = ["WATCHDOG_USEC": text]
        environment["WATCHDOG_PID"] = pid
        #expect(ServiceNotifier(environment: environment).watchdog == expected)
    }

    @Test func `our own process id is ours`() {
        let environment = ["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "\(getpid())"]
        #expect(ServiceNotifier(environment: environment).watchdog == .seconds(2))
        #expect(ServiceNotifier(environment: [:]).watchdog == nil)
    }
}
