package import Foundation
import Station

/// Why no encrypted connection to a host could be made.
package struct TLSTrouble: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// The certificate is signed by an authority that this machine does not trust.
        case unknownIssuer(String)
        case selfSigned
        /// Which certificate of the chain, and when it expired.
        case expired(whose: String, end: Date, now: Date)
        case notYetValid(whose: String, start: Date, now: Date)
        /// The names that the certificate is valid for.
        case otherName([String])
        /// The two sides support no common TLS version.
        case noCommonVersion(minimum: String)
        case notTLS
        case wantsClientCertificate
        case timeout
        case other(String)
    }

    package var host: String
    /// The proxy in between, `proxy.example:3128`; nil for none.
    package var proxy: String?
    package var kind: Kind

    package init(host: String, proxy: String?, kind: Kind) {
        self.host = host
        self.proxy = proxy
        self.kind = kind
    }

    var mayRepeat: Bool {
        switch kind {
        case .timeout, .other: true
        default: false
        }
    }

    var summary: String {
        let host = printable(host)
        let way = proxy.map { " (through the proxy \(printable($0)))" } ?? ""
        return switch kind {
        case .unknownIssuer(let issuer):
            "The certificate that \(host) shows\(way) is signed by '\(printable(issuer))', which this machine does not trust."
        case .selfSigned: "The certificate that \(host) shows\(way) is self-signed."
        case .expired(let whose, let end, let now):
            "The certificate '\(printable(whose))' that \(host) shows\(way) expired at \(Self.time(end)); this machine's clock says \(Self.time(now))."
        case .notYetValid(let whose, let start, let now):
            "The certificate '\(printable(whose))' that \(host) shows\(way) is not valid before \(Self.time(start)); this machine's clock says \(Self.time(now))."
        case .otherName(let names):
            "The server at \(host)\(way) shows a certificate for "
                + (names.isEmpty ? "no host" : names.prefix(4).map { "'\(printable($0))'" }.joined(separator: ", "))
                + ", not for \(host)."
        case .noCommonVersion(let minimum): "\(host)\(way) does not speak TLS \(minimum) or newer."
        case .notTLS: "The server at \(host)\(way) does not speak TLS."
        case .wantsClientCertificate:
            "\(host)\(way) asks for a TLS client certificate, which drop360 does not support."
        case .timeout: "\(host)\(way) accepts the connection, but the TLS handshake gets no answer."
        case .other(let words): "No encrypted connection to \(host)\(way) can be made (\(printable(words)))."
        }
    }

    var advice: String? {
        switch kind {
        case .unknownIssuer, .selfSigned:
            "If your company inspects TLS, put its CA certificate into a file, name that in `cognite.connection.ca-file`, and run "
                + "`systemctl reload drop360`. If not, the connection may be intercepted: ask whoever runs the network. "
                + "Also make sure that Debian's package ca-certificates is installed."
        case .expired, .notYetValid:
            "If this machine's clock is wrong, set it: timedatectl set-ntp true. If it is right, whoever runs \(printable(host)), "
                + "or inspects TLS on the way to it, has to renew the certificate."
        case .otherName:
            "Check the host's name in the configuration; if it is right, something else answers in its place: ask whoever runs the network."
        case .noCommonVersion(let minimum):
            minimum == ConnectionSettings.TLSVersion.v13.rawValue
                ? "Set `cognite.connection.min-tls: 1.2`, or ask whoever runs the host or the TLS inspection to offer TLS 1.3."
                : "Ask whoever runs the host or the TLS inspection to offer TLS 1.2 or newer."
        case .notTLS: "Check host and port in the configuration."
        case .wantsClientCertificate: "Ask whoever runs the host or the TLS inspection to accept drop360 without one."
        case .timeout, .other: nil
        }
    }

    private static func time(_ date: Date) -> String { date.formatted(.iso8601) }
}
