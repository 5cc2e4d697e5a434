import Glibc
import Hummingbird
import NIOCore
import ServiceLifecycle

/// A request context that keeps hold of the connection, so that a fault can break it.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let connection: Connection

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = Connection(channel: source.channel)
    }
}

/// The connection was broken on purpose; further writes to it fail.
struct ConnectionBroken: Error {}

/// One client's TCP connection.
struct Connection: Sendable {
    fileprivate let channel: any Channel

    /// Resets the connection: the peer sees ECONNRESET instead of an orderly close.
    func reset() async {
        if let options = channel as? any SocketOptionProvider {
            // Without the option, the close below still ends the connection, but in an orderly way.
            try? await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        // The peer may have closed first, which is as good.
        try? await channel.close()
    }

    /// Reads the body and never answers, until the client hangs up or the sandbox stops.
    func stall(_ body: RequestBody) async {
        do {
            try await body.consumeWithCancellationOnInboundClose { body in
                for try await _ in body {}
                try await gracefulShutdown()
            }
        } catch {
            // The client hung up, or the sandbox is being cancelled: either ends the stall.
        }
        await reset()
    }
}
