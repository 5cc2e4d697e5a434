import E57
import Testing

@Suite("The checksum of a page")
struct CRC32CTests {
    @Test func `the checksum is Castagnoli's`() {
        // RFC 3720, B.4, and every length around the steps of eight.
        let vectors: [([UInt8], UInt32)] = [
            (Array("123456789".utf8), 0xe306_9283), ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43), (Array(0..<32), 0x46dd_794e), ([], 0),
        ]
        for (bytes, sum) in vectors { #expect(bytes.withUnsafeBytes { CRC32C.of($0) } == sum) }
        for length in 0..<40 {
            let bytes = (0..<length).map { UInt8($0 * 7 % 256) }
            #expect(bytes.withUnsafeBytes { CRC32C.of($0) } == slowCRC(bytes))
        }
    }
}

/// Bit by bit.
private func slowCRC(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
    }
    return ~crc
}
