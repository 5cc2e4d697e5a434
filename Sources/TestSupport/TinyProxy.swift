import Foundation
import Glibc

/// A real tinyproxy that resolves the names in ``hosts`` to this machine.
///
/// It has its own hosts file: a request that reaches `cdf.test` went through it.
package final class TinyProxy: Sendable {
    package static let hosts = ["cdf.test", "login.test", "store.test"]

    /// Whether tinyproxy is installed and can be given its own namespace.
    package static let isAvailable: Bool =
        access("/usr/bin/tinyproxy", X_OK) == 0 && system("unshare -U -r -m true 2>/dev/null") == 0

    package let port: Int
    private let child: ChildProcess

    private init(port: Int, child: ChildProcess) {
        self.port = port
        self.child = child
    }

    /// - Parameters:
    ///   - login: The user and the password that it requires.
    ///   - more: Further lines of its configuration: `Filter`, `ConnectPort`.
    package static func start(
        in folder: TemporaryFolder,
        login: (user: String, password: String)? = nil,
        more: String = ""
    ) async throws -> TinyProxy {
        let port = try FreePort.find()
        let name = "tinyproxy-\(port)"
        try folder.write("127.0.0.1 localhost \(hosts.joined(separator: " "))\n", to: "\(name).hosts")
        let auth = login.map { "BasicAuth \($0.user) \($0.password)\n" } ?? ""
        try folder.write(
            "Port \(port)\nListen 127.0.0.1\nTimeout 60\nMaxClients 100\nLogLevel Info\n\(auth)\(more)\n",
            to: "\(name).conf"
        )
        let script = "mount --bind \"$0\" /etc/hosts; exec tinyproxy -d -c \"$1\""
        let child = try ChildProcess(
            "/usr/bin/unshare",
            ["-U", "-r", "-m", "sh", "-ec", script, folder.path("\(name).hosts"), folder.path("\(name).conf")],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
            in: folder.path,
            log: folder.path(name)
        )
        let proxy = TinyProxy(port: port, child: child)
        _ = try await eventually("tinyproxy: \(child.output) \(child.errors)") { () throws -> Bool? in
            if let exit = child.exit {
                throw NeverCame("tinyproxy ended with \(exit): \(child.output) \(child.errors)")
            }
            return proxy.log.contains("Accepting connections") ? true : nil
        }
        return proxy
    }

    /// Its output so far.
    package var log: String { child.output + child.errors }

    /// The hosts that it was asked to connect to, with their ports.
    package var targets: Set<String> {
        Set(log.matches(of: /CONNECT ([^ ]+) HTTP/).map { String($0.1) })
    }

    /// Stops it; then nothing listens on its port.
    package func stop() async throws {
        child.send(SIGKILL)
        try await child.ended()
    }
}

/// A free port of 127.0.0.1.
package enum FreePort {
    package struct None: Error {}

    package static func find() throws -> Int {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let size = length
        let port: UInt16? = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(probe, address, size) == 0, getsockname(probe, address, &length) == 0 else { return nil }
                return pointer.pointee.sin_port.bigEndian
            }
        }
        guard let port else { throw None() }
        return Int(port)
    }
}
