import Glibc
package import Logging
package import NIOCore
package import ServiceLifecycle

/// Serves at one address until shutdown.
///
/// If it cannot listen there, it logs that once and tries again every minute: the rest of the daemon continues.
package struct SteadyServer: Sendable {
    /// What log and status call it.
    package struct Label: Sendable {
        /// `metrics`: what is served there.
        package var what: String
        /// The path whose address is logged.
        package var path: String
        /// The key of the configuration that has its address.
        package var key: String

        package init(what: String, path: String, key: String) {
            self.what = what
            self.path = path
            self.key = key
        }
    }

    private let host: String
    private let port: Int
    private let scheme: String
    private let label: Label
    private let logger: Logger
    private let sleep: @Sendable (Duration) async throws -> Void
    private let changed: @Sendable (String?) -> Void

    private static let pause = Duration.seconds(60)

    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: 0 takes any free one.
    ///   - scheme: `http` or `https`, for the logged address.
    ///   - label: What log and status call it.
    ///   - logger: For the address, and for what goes wrong.
    ///   - sleep: The clock's.
    ///   - changed: Called with the reason why it cannot listen, in words; with nil once it does.
    package init(
        host: String,
        port: Int,
        scheme: String = "http",
        label: Label,
        logger: Logger,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        changed: @escaping @Sendable (String?) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.scheme = scheme
        self.label = label
        self.logger = logger
        self.sleep = sleep
        self.changed = changed
    }

    private var authority: String { host.contains(":") ? "[\(host)]" : host }

    /// Runs until shutdown.
    ///
    /// - Parameter make: Makes the server for one attempt, which calls the closure once it listens.
    package func run(
        _ make: (_ listening: @escaping @Sendable (any Channel) async -> Void) throws -> any Service
    ) async throws {
        var logged: String?
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await make { channel in announce(channel) }.run()
            } catch is CancellationError {
                return
            } catch {
                let reason = Self.words(for: error)
                let advice = self.advice(for: error)
                if reason != logged { log(reason, advice) }
                logged = reason
                changed("\(authority):\(port): \(reason). \(advice.prefix(1).uppercased())\(advice.dropFirst()).")
            }
            await cancelWhenGracefulShutdown {
                // Ends early only because of the shutdown.
                try? await sleep(Self.pause)
            }
        }
    }

    private func announce(_ channel: any Channel) {
        let port = channel.localAddress?.port ?? port
        logger.info("\(label.what)", metadata: ["url": "\(scheme)://\(authority):\(port)\(label.path)"])
        changed(nil)
    }

    private func log(_ reason: String, _ advice: String) {
        logger.error(
            "the \(label.what) cannot be served and is tried again every minute; everything else continues",
            metadata: [
                "\(label.key)": "\(authority):\(port)", "error": "\(reason)",
                "advice": "\(advice)",
            ]
        )
    }

    private static func words(for error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }

    /// What to do, as a sentence's inside.
    private func advice(for error: any Error) -> String {
        switch (error as? IOError)?.errnoCode ?? 0 {
        case EADDRINUSE: "free the port, or set another `\(label.key)`"
        case EADDRNOTAVAIL:
            "this machine has no such address yet: check the network, or set another `\(label.key)`"
        case EACCES: "ports below 1024 are not allowed: set a higher one in `\(label.key)`"
        default: "set another `\(label.key)`"
        }
    }
}
