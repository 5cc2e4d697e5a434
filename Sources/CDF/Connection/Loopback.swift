import Foundation

/// This machine, as addresses name it.
enum Loopback {
    /// Whether `host` can only be this machine: not a name that a DNS server resolves.
    static func contains(_ host: String) -> Bool {
        let host = NetworkAddress.bare(host)
        if host == "localhost" { return true }
        guard let address = NetworkAddress(host) else { return false }
        return address.bytes.count == 4
            ? address.bytes[0] == 127 : address.bytes.dropLast().allSatisfy { $0 == 0 } && address.bytes[15] == 1
    }

    /// Whether the host of the address `url` can only be this machine.
    static func contains(url: String) -> Bool {
        guard let host = URLComponents(string: url)?.host else { return false }
        return contains(host)
    }
}
