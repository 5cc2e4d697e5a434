import Foundation

/// The address of a proxy as people write it: in the configuration, and in `HTTPS_PROXY`.
enum ProxyAddress {
    /// Reads `http://user:password@proxy.example:3128`.
    ///
    /// The error shows none of the text, which may hold a password.
    ///
    /// - Parameter bare: Whether the scheme and the port may be left out, as curl lets them: it then takes `http://` and 1080.
    static func read(_ text: String, bare: Bool) throws(BadValue) -> Configuration.ProxyServer {
        guard !text.isEmpty else { throw .silent("is empty") }
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .silent("is not the address of a proxy")
        }
        var rest = Substring(text)
        if let scheme = text.firstRange(of: "://") {
            rest = text[scheme.upperBound...]
            switch text[..<scheme.lowerBound].lowercased() {
            case "http": break
            case "https":
                throw .silent(
                    "starts with https://; drop360 uses TLS to CDF but not to the proxy, so write http://"
                )
            case let other where other.hasPrefix("socks"):
                throw .silent("is a SOCKS proxy; drop360 supports only HTTP proxies with CONNECT")
            default: throw .silent("does not start with http://")
            }
        } else if !bare {
            throw .silent("does not start with http://")
        }
        var login: Configuration.ProxyServer.Login?
        // The last '@': a password may contain another.
        if let end = rest.lastIndex(of: "@") {
            let pair = rest[..<end].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let user = decoded(pair[0])
            guard !user.isEmpty else { throw .silent("has no user before the '@'") }
            let password: SecretSource = pair.count == 2 ? .inline(Secret(decoded(pair[1]))) : .systemdCredential
            login = .init(user: user, password: password)
            rest = rest[rest.index(after: end)...]
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        guard let match = rest.wholeMatch(of: /(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?/),
            let host = match.1 ?? match.2
        else { throw .silent("is not the address of a proxy") }
        guard match.3 != nil || bare else { throw .silent("has no port") }
        let port = match.3.map { Int($0) ?? 0 } ?? 1080
        guard (1...65535).contains(port) else { throw .silent("has no valid port") }
        return .init(host: String(host), port: port, login: login)
    }

    /// Decodes escapes; text that is not validly escaped is kept, since passwords come from variables, too.
    private static func decoded(_ text: Substring) -> String {
        String(text).removingPercentEncoding ?? String(text)
    }
}

extension Form where Value == Configuration.Connection.Proxy {
    /// The proxy, or where to find it.
    static var proxy: Form {
        scalar(
            "the address of a proxy, or from-environment",
            hint: "It is written http://proxy.example:3128, or from-environment.",
            print: { proxy in
                switch proxy {
                case .none: .word("none")
                case .fromEnvironment: .word("from-environment")
                case .server(let server): .text(server.address)
                }
            }
        ) { text throws(BadValue) in
            if text.lowercased() == "from-environment" { return .fromEnvironment }
            if text.lowercased() == "none" { return .none }
            return .server(try ProxyAddress.read(text, bare: false))
        }
    }
}

extension Form where Value == String {
    /// One or several entries of `no-proxy`, separated by commas or spaces.
    static var directHosts: Form {
        scalar(
            "a list of hosts",
            hint: "Hosts are written cdf.example.com, .corp for all names below it, 10.0.0.0/8, or * for all."
        ) { text throws(BadValue) in
            for entry in DirectHostList.entries(text) where !DirectHostList.isValid(entry) {
                throw .quoting(
                    entry.contains(":") && !entry.contains("::")
                        ? "is not a host; leave out scheme and port" : "is not a host, a domain or a network"
                )
            }
            return text
        }
    }
}

/// Lists of hosts that are reached without the proxy.
enum DirectHostList {
    static func entries(_ text: String) -> [String] {
        text.split { $0 == "," || $0 == " " }.map(String.init)
    }

    static func isValid(_ entry: String) -> Bool {
        if entry == "*" { return true }
        if let match = entry.wholeMatch(of: /(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:\/([0-9]{1,2}))?/) {
            return match.1.map { (Int($0) ?? 33) <= 32 } ?? true
        }
        if let match = entry.wholeMatch(of: /\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?(?:\/([0-9]{1,3}))?/) {
            return match.1.map { (Int($0) ?? 129) <= 128 } ?? true
        }
        return entry.wholeMatch(of: /(?:\*?\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?/) != nil
    }
}
