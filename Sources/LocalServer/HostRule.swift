import Glibc
package import HTTPTypes

/// The host names to which a server answers.
///
/// A web page of another site can make its own name resolve to this machine (DNS rebinding) and then read what is served here; the host
/// name of its requests gives it away.
package struct HostRule: Sendable {
    private let names: Set<String>
    /// Set if it listens on every address of the machine: each of them is valid, and an address cannot be rebound.
    private let acceptsAddresses: Bool

    /// - Parameters:
    ///   - listening: The address or name that the server listens on.
    ///   - names: Further names, such as those of a proxy in front of it.
    ///   - machine: This machine's host name.
    package init(listening: String, names further: [String] = [], machine: String = Self.machine) {
        let host = Self.normal(listening)
        acceptsAddresses = ["0.0.0.0", "::", ""].contains(host)
        // A server for the network answers to the machine's own name, too.
        let own = Self.isLoopback(host) ? [host] : [host, machine.lowercased()]
        names = Set(own + further.map(Self.normal))
    }

    /// Whether a request is meant for this server, by everything in it that names one.
    ///
    /// Not if it has several `Host` fields: what stands in front of this server may have looked at another one. (The name in a target such as
    /// `http://other.example/` is used nowhere.)
    package func allows(_ head: HTTPRequest) -> Bool {
        // The first one has become the authority.
        if let host = HTTPField.Name("host"), head.headerFields.contains(host) { return false }
        return allows(head.authority)
    }

    /// Whether a request for this authority (the header `Host`) is meant for this server.
    ///
    /// - Parameter authority: With or without a port; nil if the client sends none; browsers always do.
    package func allows(_ authority: String?) -> Bool {
        guard let authority else { return true }
        let host = Self.normal(Self.withoutPort(authority))
        return Self.isLoopback(host) || names.contains(host) && !host.isEmpty
            || acceptsAddresses && Self.isAddress(host)
    }

    /// Whether a request that changes something comes from a page of this server, or from no page at all.
    ///
    /// A browser sends the page's origin with each such request. One without an origin may come from a tool; of the content types that a page
    /// can send to other sites without a preflight, only the default of `curl` and the like is then allowed.
    package func allowsChange(_ head: HTTPRequest) -> Bool {
        if let site = HTTPField.Name("sec-fetch-site").flatMap({ head.headerFields[$0] }),
            !["same-origin", "none"].contains(site.lowercased())
        {
            return false
        }
        if let origin = head.headerFields[.origin] {
            guard let authority = head.authority else { return false }
            return origin.lowercased() == "http://" + authority.lowercased()
        }
        let type = (head.headerFields[.contentType] ?? "").lowercased()
        return !type.hasPrefix("text/plain") && !type.hasPrefix("multipart/form-data")
    }

    /// This machine's host name.
    package static var machine: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func withoutPort(_ authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let rest = authority[authority.index(after: end)...]
            return rest.isEmpty || rest.hasPrefix(":") ? String(authority[..<end].dropFirst()) : authority
        }
        return authority.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? authority
    }

    /// In lower case, without brackets and without the final dot of a full name.
    private static func normal(_ host: String) -> String {
        var host = host.lowercased()
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.hasSuffix(".") { host.removeLast() }
        return host
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.") && isAddress(host)
    }

    private static func isAddress(_ host: String) -> Bool {
        var (four, six) = (in_addr(), in6_addr())
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }
}
