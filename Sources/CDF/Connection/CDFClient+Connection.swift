import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOPosix
import Station

extension CDFClient {
    /// Whether CDF's host, or the proxy before it, accepts a connection now: sends no request and proves little, but costs almost nothing.
    package func acceptsConnections() async -> Bool {
        guard let url = URLComponents(string: settings.host), let host = url.host else { return false }
        // A proxy accepts connections whether or not it can reach the host.
        if connections.proxy(to: settings.host) != nil {
            return await HopInspection(url: settings.host, connections: connections).opensTunnel()
        }
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connectTimeout(.seconds(5))
        do {
            let port = url.port ?? (url.scheme == "http" ? 80 : 443)
            let channel = try await bootstrap.connect(host: host, port: port).get()
            // It has served its purpose: that it was open is the answer.
            try? await channel.close().get()
            return true
        } catch {
            // The probe that failed before has reported the reason.
            return false
        }
    }

    /// Makes the progress that we see on a connection accurate.
    ///
    /// By default the kernel accepts megabytes and sends them when it can: then "all was handed over" would mean nothing, the time limit
    /// for the answer would run while bytes are still waiting, and a rate limit would have no effect. So the kernel buffers little that it
    /// has not sent. It also closes a connection on which nothing was acknowledged for `stallTimeout`.
    static func tune(_ channel: any Channel, stallTimeout: Duration) -> EventLoopFuture<Void> {
        let unsent = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_NOTSENT_LOWAT))
        let unacknowledged = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT))
        return channel.setOption(unsent, value: 128 << 10).flatMap {
            channel.setOption(unacknowledged, value: .init(clamping: stallTimeout.nanoseconds / 1_000_000))
        }.flatMapError { _ in
            // Works without it, only less precisely.
            channel.eventLoop.makeSucceededVoidFuture()
        }
    }
}
