import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOPosix
import Station

extension CDFClient {
    /// Whether CDF's host, or the proxy before it, takes a connection now: asks nothing and proves little, but costs next to nothing.
    package func acceptsConnections() async -> Bool {
        guard let url = URLComponents(string: settings.host), let host = url.host else { return false }
        // A proxy takes connections whether or not it gets any further.
        if connections.proxy(to: settings.host) != nil {
            return await HopInspection(url: settings.host, connections: connections).opensTunnel()
        }
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connectTimeout(.seconds(5))
        do {
            let port = url.port ?? (url.scheme == "http" ? 80 : 443)
            let channel = try await bootstrap.connect(host: host, port: port).get()
            // It has served: that it was open is the answer.
            try? await channel.close().get()
            return true
        } catch {
            // Why not is told by the probe that has failed before.
            return false
        }
    }

    /// Makes what we see of a connection true.
    ///
    /// The kernel would take megabytes at once and send them when it can: then "all was handed over" would mean nothing, the time limit
    /// for the answer would run while the bytes are still on their way, and a limited rate would be no rate. So it holds little that it
    /// has not sent. And it gives a connection up on which nothing was acknowledged for `stallTimeout`.
    static func tune(_ channel: any Channel, stallTimeout: Duration) -> EventLoopFuture<Void> {
        let unsent = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_NOTSENT_LOWAT))
        let unacknowledged = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT))
        return channel.setOption(unsent, value: 128 << 10).flatMap {
            channel.setOption(unacknowledged, value: .init(clamping: stallTimeout.nanoseconds / 1_000_000))
        }.flatMapError { _ in
            // Works without, only less exactly.
            channel.eventLoop.makeSucceededVoidFuture()
        }
    }
}
