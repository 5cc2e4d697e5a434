/// The hosts that are contacted without the proxy: this machine, and those that the operator lists.
package struct DirectHosts: Sendable, Equatable {
    private enum Rule: Sendable, Equatable {
        case everything
        /// The host itself, and those below it.
        case name(String)
        case network(NetworkAddress, bits: Int)
    }

    private let rules: [Rule]

    /// - Parameter entries: As curl reads `NO_PROXY`: `*`, a name (which covers the names below it; a dot in front changes nothing), an
    ///   address, or a network such as `10.0.0.0/8`. Any other entry covers nothing.
    package init(_ entries: [String] = []) {
        rules = entries.compactMap { entry in
            if entry == "*" { return .everything }
            let parts = entry.split(separator: "/", maxSplits: 1).map(String.init)
            guard let first = parts.first else { return nil }
            let host = NetworkAddress.bare(first)
            if let address = NetworkAddress(host) {
                guard parts.count == 2 else { return .network(address, bits: address.bytes.count * 8) }
                guard let bits = Int(parts[1]), (0...address.bytes.count * 8).contains(bits) else { return nil }
                return .network(address, bits: bits)
            }
            let name = host.drop { $0 == "*" || $0 == "." }
            return parts.count == 1 && !name.isEmpty ? .name(String(name)) : nil
        }
    }

    /// Whether `host` is contacted without the proxy.
    package func contains(_ host: String) -> Bool {
        // To the proxy, "this machine" would be its own.
        if Loopback.contains(host) { return true }
        let host = NetworkAddress.bare(host)
        let address = NetworkAddress(host)
        return rules.contains { rule in
            switch rule {
            case .everything: true
            case .name(let name): address == nil && (host == name || host.hasSuffix("." + name))
            case .network(let network, let bits): address.map { $0.shares(bits, with: network) } ?? false
            }
        }
    }
}
