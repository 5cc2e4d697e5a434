import Glibc

/// An address, or a network of addresses: `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
package struct AddressRange: Sendable, Hashable {
    /// Sixteen bytes; an IPv4 address is mapped to IPv6.
    private let bytes: [UInt8]
    /// How many bits at the beginning count.
    private let bits: Int

    /// Nil where the text is not an address or a network.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = Self.bytes(of: String(parts[0])) else { return nil }
        let isShort = parts[0].utf8.allSatisfy { $0 != UInt8(ascii: ":") }
        var bits = 128
        if parts.count == 2 {
            guard !parts[1].isEmpty, parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
                let given = Int(parts[1]), given <= (isShort ? 32 : 128)
            else { return nil }
            bits = given + (isShort ? 96 : 0)
        }
        (self.bytes, self.bits) = (Self.masked(address, bits), bits)
    }

    /// Whether an address, as text, is in the range.
    package func contains(_ address: String) -> Bool {
        Self.bytes(of: address).map { Self.masked($0, bits) == bytes } ?? false
    }

    /// What distinguishes one client from the next: its IPv4 address, or the network that its provider gives to one customer (/64).
    ///
    /// Other text is kept.
    package static func client(_ address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")), let bytes = bytes(of: address) else {
            return String(address.prefix(64))
        }
        if bytes.starts(with: mapping) { return bytes.suffix(4).map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: 8, by: 2).map { index in
            String(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::/64"
    }

    private static let mapping: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    private static func bytes(of address: String) -> [UInt8]? {
        guard address.utf8.count <= 64 else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 { return mapping + withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        return inet_pton(AF_INET6, address, &six) == 1 ? withUnsafeBytes(of: &six) { Array($0) } : nil
    }

    private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(8, max(0, bits - index * 8))
            return kept == 0 ? 0 : byte & (0xFF << UInt8(8 - kept))
        }
    }
}
