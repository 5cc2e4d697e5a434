/// The checksum of an E57 page: CRC-32C (Castagnoli, reflected polynomial 0x82F63B78, RFC 3720 appendix B.4).
package enum CRC32C {
    /// `tables[k][b]` is the checksum of byte `b` followed by `k` zero bytes: eight bytes are taken in one step.
    private static let tables: [[UInt32]] = {
        var tables = [(0..<256).map(shifted)]
        for k in 1..<8 { tables.append(tables[k - 1].map { $0 >> 8 ^ tables[0][Int($0 & 0xff)] }) }
        return tables
    }()

    /// One byte, bit by bit.
    private static func shifted(_ byte: UInt32) -> UInt32 {
        var value = byte
        for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
        return value
    }

    private static let flat = tables.flatMap { $0 }

    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        flat.withUnsafeBufferPointer { table in
            var crc: UInt32 = 0xffff_ffff
            var at = 0
            while at + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ UInt64(crc)
                crc = 0
                for byte in 0..<8 {
                    crc ^= table[(7 - byte) << 8 | Int(truncatingIfNeeded: word >> UInt64(8 * byte)) & 0xff]
                }
                at += 8
            }
            while at < bytes.count {
                crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[at])) & 0xff)]
                at += 1
            }
            return ~crc
        }
    }
}
