import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Connects to a host once by hand, to see what the HTTP client does not report: what the proxy answered, and which
/// certificates the host presented.
///
/// Sends no request, only a CONNECT to the proxy.
struct HopInspection {
    let url: String
    let connections: Connections

    private static let limit = TimeAmount.seconds(10)

    private var target: (host: String, port: Int)? {
        guard let parts = URLComponents(string: url), let host = parts.host else { return nil }
        return (NetworkAddress.bare(host), parts.port ?? (parts.scheme?.lowercased() == "http" ? 80 : 443))
    }

    /// Why the proxy does not connect to the host; nil if it now does.
    func proxyAnswer() async -> ProxyTrouble.Kind? {
        guard let proxy = connections.proxy(to: url), let target else { return nil }
        do {
            guard let answer = try await answer(of: proxy, for: target) else { return .noProxy }
            if answer.isTunnel { return nil }
            return ProxyTrouble.kind(status: answer.status, words: answer.words, hasLogin: proxy.login != nil)
        } catch {
            // The first error stands; this inspection adds nothing to it.
            return nil
        }
    }

    /// Whether the proxy connects to the host now.
    func opensTunnel() async -> Bool {
        guard let proxy = connections.proxy(to: url), let target else { return false }
        do {
            return try await answer(of: proxy, for: target)?.isTunnel == true
        } catch {
            // The probe that failed before has reported the reason.
            return false
        }
    }

    /// The certificates that the host presents, its own first; empty if the handshake does not get that far.
    func certificates() async -> [ShownCertificate] {
        guard let target else { return [] }
        do {
            let proxy = connections.proxy(to: url)
            let channel = try await connect(proxy?.host ?? target.host, proxy?.port ?? target.port)
            defer { close(channel) }
            if let proxy {
                guard let answer = try await ask(proxy, for: target, on: channel), answer.isTunnel else { return [] }
            }
            return try await shake(hands: channel, as: target.host).compactMap {
                ShownCertificate(der: try $0.toDERBytes())
            }
        } catch {
            // The first error stands; this inspection adds nothing to it.
            return []
        }
    }

    private func connect(_ host: String, _ port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connectTimeout(Self.limit)
            .connect(host: host, port: port).get()
    }

    /// It has served its purpose; how it ends does not matter.
    private func close(_ channel: any Channel) { channel.close(promise: nil) }

    // MARK: The proxy

    /// The proxy's answer to CONNECT, on a connection of its own; nil if it is not a proxy's answer.
    private func answer(
        of proxy: ConnectionSettings.Proxy,
        for target: (host: String, port: Int)
    ) async throws -> ConnectAnswer? {
        let channel = try await connect(proxy.host, proxy.port)
        defer { close(channel) }
        return try await ask(proxy, for: target, on: channel)
    }

    private func ask(
        _ proxy: ConnectionSettings.Proxy,
        for target: (host: String, port: Int),
        on channel: any Channel
    ) async throws -> ConnectAnswer? {
        let place = target.host.contains(":") ? "[\(target.host)]" : target.host
        var request = "CONNECT \(place):\(target.port) HTTP/1.1\r\nhost: \(place)\r\n"
        if let login = proxy.login {
            let pair = Data("\(login.user):\(login.password())".utf8).base64EncodedString()
            request += "proxy-authorization: Basic \(pair)\r\n"
        }
        let bytes = ByteBuffer(string: request + "\r\n")
        let head = try await Self.bounded(channel) { promise in
            try channel.pipeline.syncOperations.addHandler(HeadReader(promise), name: HeadReader.name)
            channel.writeAndFlush(bytes, promise: nil)
        }
        guard let answer = ConnectAnswer(head) else { return nil }
        // A proxy that refuses may have closed the connection already.
        if answer.isTunnel { try await channel.pipeline.removeHandler(name: HeadReader.name).get() }
        return answer
    }

    // MARK: The certificates

    private func shake(hands channel: any Channel, as host: String) async throws -> [NIOSSLCertificate] {
        let context = try NIOSSLContext(configuration: Connections.tls(connections.settings))
        return try await Self.bounded(channel) { promise in
            // An IP address is not allowed as a server name.
            let name = NetworkAddress(host) == nil ? host : nil
            let handler = try NIOSSLClientHandler(context: context, serverHostname: name) { certificates, answer in
                promise.succeed(certificates)
                answer.succeed(NIOSSLVerificationResult.failed)
            }
            try channel.pipeline.syncOperations.addHandlers([handler, EndReader(promise)])
        }
    }

    /// The value that `begin`, on the channel's own loop, has promised; gives up after a while.
    private static func bounded<Result: Sendable>(
        _ channel: any Channel,
        _ begin: @escaping @Sendable (Once<Result>) throws -> Void
    ) async throws -> Result {
        let once = Once(channel.eventLoop.makePromise(of: Result.self))
        let timer = channel.eventLoop.scheduleTask(in: limit) { once.fail(ChannelError.connectTimeout(limit)) }
        channel.eventLoop.execute { do { try begin(once) } catch { once.fail(error) } }
        defer { timer.cancel() }
        return try await once.result()
    }
}

/// A promise that the first of several callers fulfils.
private final class Once<Value: Sendable>: Sendable {
    private let promise: EventLoopPromise<Value>
    private let isKept = Mutex(false)

    init(_ promise: EventLoopPromise<Value>) { self.promise = promise }

    private var isFirst: Bool {
        isKept.withLock { kept in
            defer { kept = true }
            return !kept
        }
    }

    func succeed(_ value: Value) { if isFirst { promise.succeed(value) } }
    func fail(_ error: any Error) { if isFirst { promise.fail(error) } }
    func result() async throws -> Value { try await promise.futureResult.get() }
}

/// The head of a proxy's answer to CONNECT.
struct ConnectAnswer: Equatable {
    var status: Int
    /// The reason phrase after the status, and squid's own error code.
    var words: String
    var isTunnel: Bool { (200..<300).contains(status) }

    /// Nil if it is not an HTTP answer.
    init?(_ head: String) {
        let lines = head.split(whereSeparator: \.isNewline)
        guard let first = lines.first?.wholeMatch(of: /HTTP\/1\.[01] ([0-9]{3})(?: (.*))?/), let status = Int(first.1)
        else { return nil }
        self.status = status
        let squid = lines.lazy.compactMap { $0.wholeMatch(of: /(?i)x-squid-error: *([A-Z_]+).*/)?.1 }.first
        words = [first.2.map(String.init) ?? "", squid.map(String.init) ?? ""].filter { !$0.isEmpty }
            .joined(separator: ", ")
    }
}

/// Collects data until the empty line that ends a head.
private final class HeadReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    static let name = "head-reader"

    private let once: Once<String>
    private var text = ""

    init(_ once: Once<String>) { self.once = once }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        // Data this long without an end is not a head; its first line is enough.
        if text.contains("\r\n\r\n") || text.utf8.count > 16 << 10 { once.succeed(text) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        once.succeed(text)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { once.fail(error) }
}

/// Ends the wait for certificates when none will come.
private final class EndReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let once: Once<[NIOSSLCertificate]>

    init(_ once: Once<[NIOSSLCertificate]>) { self.once = once }

    func channelInactive(context: ChannelHandlerContext) {
        once.succeed([])
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { once.fail(error) }
}
