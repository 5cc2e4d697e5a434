import Foundation

extension Form where Value == String {
    /// The address of a server: scheme, host and port, without a slash at the end.
    static var origin: Form {
        scalar("an address", hint: "Addresses are written https://westeurope-1.cognitedata.com.") {
            text throws(BadValue) in
            let parts = try webAddress(text)
            guard parts.path.isEmpty || parts.path == "/", parts.query == nil else {
                throw .silent("must end after the host; drop360 adds the path")
            }
            return withoutSlash(text)
        }
    }

    /// The full address of something on a server.
    static var webPage: Form {
        scalar("an address", hint: "Addresses are written https://login.example.com/oauth2/token.") {
            text throws(BadValue) in
            _ = try webAddress(text)
            return text
        }
    }

    /// A host's name, without a port.
    static var hostName: Form {
        scalar("a host name", hint: "Names are written box7.plant.example, without scheme and port.") {
            text throws(BadValue) in
            guard text.utf8.count <= 253, text.wholeMatch(of: /[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?/) != nil else {
                throw .quoting("is not a host name")
            }
            return text
        }
    }

    /// Scheme, host and port of an address that ``webAddress(_:)`` takes.
    fileprivate static func webOrigin(_ text: String) throws(BadValue) -> String {
        var origin = URLComponents()
        let parts = try webAddress(text)
        (origin.scheme, origin.host, origin.port) = (parts.scheme, parts.host, parts.port)
        guard let origin = origin.string else { throw .silent("is not an address") }
        return origin
    }

    private static func withoutSlash(_ text: String) -> String { text.hasSuffix("/") ? String(text.dropLast()) : text }

    /// `text` in its parts, when drop360 may send secrets there.
    private static func webAddress(_ text: String) throws(BadValue) -> URLComponents {
        guard !text.isEmpty else { throw .silent("is empty") }
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased()
        else { throw .silent("is not an address") }
        guard parts.user == nil, parts.password == nil else {
            throw .silent("must not contain a user or a password")
        }
        guard parts.fragment == nil else { throw .silent("must not contain a '#'") }
        guard scheme == "https" || scheme == "http" else { throw .quoting("does not start with https://") }
        guard let host = parts.host, !host.isEmpty else { throw .quoting("lacks a host") }
        if let port = parts.port, !(1...65535).contains(port) { throw .quoting("has no valid port") }
        guard scheme == "https" || isLoopback(host) else {
            throw .quoting("is not encrypted: use https://; http:// is accepted for this machine only")
        }
        return parts
    }

    private static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == "[::1]" || host == "::1" { return true }
        // Four numbers: `127.evil.example` is a name.
        return host.wholeMatch(of: /127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}/) != nil
    }
}

extension Form where Value == Configuration.WebhookAddress {
    /// The address of a webhook; no message shows more than its host.
    static var webhook: Form {
        scalar("an address", hint: "Addresses are written https://hooks.example.com/x.", print: { .text($0.shown) }) {
            text throws(BadValue) in
            do throws(BadValue) { return .init(text, origin: try Form<String>.webOrigin(text)) } catch {
                throw .silent(error.words)
            }
        }.kept(.host)
    }
}

extension Form where Value == Configuration.Listen {
    /// An address to listen on.
    static var listen: Form {
        scalar(
            "host:port",
            hint: "It is written 127.0.0.1:3600 or [::1]:3600.",
            print: { .text($0.text) }
        ) { text throws(BadValue) in
            guard let match = text.wholeMatch(of: /(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})/),
                let host = match.1 ?? match.2
            else { throw .quoting("is not host:port") }
            guard let port = Int(match.3), port <= 65535 else { throw .quoting("has no valid port") }
            return Configuration.Listen(host: String(host), port: port)
        }
    }
}
