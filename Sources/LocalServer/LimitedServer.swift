package import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix
import NIOSSL
package import ServiceLifecycle

/// An HTTP server that uses no more of the process's resources than its limits allow.
///
/// Not Hummingbird's `Application`, which wakes the CPU every second to format the time of day.
package enum LimitedServer {
    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: 0 means any free one.
    ///   - limits: What it may use.
    ///   - identity: The certificate to serve with; nil for unencrypted HTTP.
    ///   - logger: For the server's own messages.
    ///   - answer: Called for each request.
    ///   - onServerRunning: Called with the channel once it listens.
    package static func make(
        host: String,
        port: Int,
        limits: ConnectionLimits,
        identity: ServerIdentity? = nil,
        logger: Logger,
        answer: @escaping @Sendable (Request, consuming ResponseWriter, any Channel) async throws -> Void,
        onServerRunning: @escaping @Sendable (any Channel) async -> Void
    ) throws -> any Service {
        let gate = ConnectionGate(limits)
        let builder = HTTPServerBuilder { responder in
            GatedChannel(responder: responder, gate: gate, limits: limits, identity: identity)
        }
        let server = try builder.buildServer(
            configuration: ServerConfiguration(
                address: .hostname(host, port: port),
                // A surplus connection holds a descriptor from being accepted to being closed: at most this many do.
                availableConnectionsDelegate: .maximum(limits.connections * 2, logger: logger)
            ),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            responder: { request, writer, channel in
                gate.begin(channel)
                defer { gate.end(channel) }
                try await answer(request, writer, channel)
            },
            onServerRunning: onServerRunning
        )
        return PartingServer(server: server, gate: gate)
    }
}

/// A server that is stopped soon after it is told to.
private struct PartingServer: Service {
    let server: any Service
    let gate: ConnectionGate

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            gate.stop()
        }
    }
}

/// HTTP/1.1 on connections that the gate has admitted, inside TLS if there is an identity.
private struct GatedChannel: ServerChildChannel {
    private let gate: ConnectionGate
    private let limits: ConnectionLimits
    private let responder: HTTPChannelHandler.Responder
    private let identity: ServerIdentity?

    init(
        responder: @escaping HTTPChannelHandler.Responder,
        gate: ConnectionGate,
        limits: ConnectionLimits,
        identity: ServerIdentity?
    ) {
        self.responder = responder
        self.gate = gate
        self.limits = limits
        self.identity = identity
    }

    private var http: HTTP1Channel {
        HTTP1Channel(
            responder: responder,
            configuration: .init(
                idleTimeout: limits.idle,
                httpDecoderConfiguration: .init(
                    // Includes the request line.
                    maxHeaderFieldSize: limits.head,
                    maxHeaderListSize: limits.head,
                    maxHeaderFieldCount: 100
                )
            )
        )
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        gate.admit(channel)
        guard let identity else { return http.setup(channel: channel, logger: logger) }
        // The time for a whole request includes the handshake.
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: identity.context))
        }
        .flatMap { http.setup(channel: channel, logger: logger) }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await http.handle(value: value, logger: logger) }
}
