import Station

/// What is wrong at the proxy, or what the proxy reports as wrong behind it.
package struct ProxyTrouble: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case unknownName
        case unreachable(detail: String)
        /// It did not answer in time, or did not even accept the connection.
        case silent
        case loginMissing(status: Int)
        case loginRefused(status: Int)
        /// It refuses to connect to the host.
        case refused(status: Int, words: String)
        /// It tried to connect to the host and failed.
        case hostUnreachable(status: Int, words: String)
        case noProxy
    }

    /// `proxy.example:3128`.
    package var proxy: String
    /// The requested host.
    package var host: String
    package var kind: Kind

    package init(proxy: String, host: String, kind: Kind) {
        self.proxy = proxy
        self.host = host
        self.kind = kind
    }

    /// Classifies a proxy's answer to CONNECT.
    ///
    /// - Parameter words: The reason phrase after the status, and other details of the answer.
    static func kind(status: Int, words: String, hasLogin: Bool) -> Kind {
        switch status {
        // The second is what tinyproxy answers.
        case 407, 401: hasLogin ? .loginRefused(status: status) : .loginMissing(status: status)
        // What a web server answers to CONNECT.
        case 404, 405, 501: .noProxy
        case 500...: .hostUnreachable(status: status, words: words)
        default: .refused(status: status, words: words)
        }
    }

    var mayRepeat: Bool {
        switch kind {
        case .unknownName, .unreachable, .silent, .hostUnreachable: true
        case .loginMissing, .loginRefused, .refused, .noProxy: false
        }
    }

    var summary: String {
        let (proxy, host) = (printable(proxy), printable(host))
        return switch kind {
        case .unknownName: "The proxy \(proxy) cannot be reached: this machine's DNS does not know its name."
        case .unreachable(let detail): "The proxy \(proxy) cannot be reached (\(printable(detail)))."
        case .silent: "The proxy \(proxy) does not answer."
        case .loginMissing(let status): "The proxy \(proxy) requires a user and a password (status \(status))."
        case .loginRefused(let status):
            "The proxy \(proxy) does not accept the user and the password (status \(status))."
        case .refused(let status, let words):
            "The proxy \(proxy) refuses to connect to \(host) (status \(status)\(Self.added(words)))."
        case .hostUnreachable(let status, let words):
            "The proxy \(proxy) answers, but cannot reach \(host) (status \(status)\(Self.added(words)))."
        case .noProxy: "The server at \(proxy) is not an HTTP proxy that accepts CONNECT."
        }
    }

    var advice: String {
        switch kind {
        case .unknownName, .unreachable, .silent, .noProxy:
            "Check `cognite.connection.proxy`, and that this machine may connect to it."
        case .loginMissing:
            "Set `proxy-user` and `proxy-password` (or `proxy-password-file`) in `cognite.connection`, then run `systemctl reload drop360`."
        case .loginRefused:
            "Put the right user and password into `cognite.connection`, then run `systemctl reload drop360`."
        case .refused:
            "Ask whoever runs the proxy to allow CONNECT to \(printable(host)), or list the host in `cognite.connection.no-proxy`."
        case .hostUnreachable:
            "Ask whoever runs the proxy whether it can reach \(printable(host)); check the host's name in the configuration."
        }
    }

    var remedy: Remedy {
        switch kind {
        // Too many wrong passwords lock accounts.
        case .loginMissing, .loginRefused: .pauseStage
        case .unknownName, .unreachable, .silent, .refused, .hostUnreachable, .noProxy: .offline
        }
    }

    private static func added(_ words: String) -> String { words.isEmpty ? "" : ", " + printable(words, limit: 120) }
}
