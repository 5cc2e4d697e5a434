import Dispatch
import Foundation
import Glibc

/// Reports the service's state to systemd, by datagrams to `$NOTIFY_SOCKET` (sd_notify(3)); does nothing where there is none.
struct ServiceNotifier: Sendable {
    private let socket: String?
    /// The longest time that systemd allows between two signs of life; nil without a watchdog.
    let watchdog: Duration?

    init(environment: [String: String]) {
        socket = environment["NOTIFY_SOCKET"]
        if let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0,
            environment["WATCHDOG_PID"].map({ $0 == String(getpid()) }) ?? true
        {
            watchdog = .microseconds(microseconds)
        } else {
            watchdog = nil
        }
    }

    /// Announces a reload of the configuration; `READY=1` must follow.
    func reloading() {
        // CLOCK_MONOTONIC in microseconds, by which systemd tells one reload from the next (sd_notify(3)).
        send("RELOADING=1\nMONOTONIC_USEC=\(DispatchTime.now().uptimeNanoseconds / 1000)")
    }

    /// Sends `READY=1`, `STATUS=…`, `WATCHDOG=1`, … A datagram that cannot be sent is dropped.
    func send(_ message: String) {
        guard let socket, !socket.isEmpty else { return }
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(socket.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // A leading @ stands for the abstract namespace.
        if path[0] == UInt8(ascii: "@") { path[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bytes = Array(message.utf8)
        // A reader that hangs must not block us, least of all during shutdown.
        var patience = timeval(tv_sec: 0, tv_usec: 100_000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
