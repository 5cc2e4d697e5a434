/// Writes PNG files with stored (uncompressed) pixels.
///
/// Large, but valid, including the checksums.
enum PNGWriter {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// A whole file: 8 bits RGB, no interlace.
    static func file(rgb: [UInt8], edge: Int, comment: String) -> [UInt8] {
        assemble(edge: edge, comment: comment, pixels: pixels(rgb: rgb, edge: edge))
    }

    /// A whole file of any size: 8 bits RGB, or grey.
    static func file(_ bytes: [UInt8], width: Int, height: Int, isGrey: Bool) -> [UInt8] {
        let header = bigEndian(width) + bigEndian(height) + [8, isGrey ? 0 : 2, 0, 0, 0]
        return signature + chunk("IHDR", header) + pixels(bytes, rowLength: bytes.count / height) + chunk("IEND", [])
    }

    /// Puts a file together from an `IDAT` chunk that ``pixels(rgb:edge:)`` made.
    static func assemble(edge: Int, comment: String, pixels: [UInt8]) -> [UInt8] {
        let header = bigEndian(edge) + bigEndian(edge) + [8, 2, 0, 0, 0]
        return signature + chunk("IHDR", header) + chunk("tEXt", Array("Comment\0\(comment)".utf8)) + pixels
            + chunk("IEND", [])
    }

    /// The `IDAT` chunk: a zlib stream of stored blocks over the rows, each with filter 0 in front.
    static func pixels(rgb: [UInt8], edge: Int) -> [UInt8] { pixels(rgb, rowLength: edge * 3) }

    private static func pixels(_ bytes: [UInt8], rowLength: Int) -> [UInt8] {
        var raw: [UInt8] = []
        raw.reserveCapacity(bytes.count + bytes.count / rowLength)
        for row in 0..<bytes.count / rowLength {
            raw.append(0)
            raw += bytes[row * rowLength..<(row + 1) * rowLength]
        }
        var stream: [UInt8] = [0x78, 0x01]
        stream.reserveCapacity(raw.count + raw.count / 65535 * 5 + 16)
        var start = 0
        repeat {
            let end = min(start + 65535, raw.count)
            let length = UInt16(end - start)
            stream.append(end == raw.count ? 1 : 0)
            stream += littleEndian(length) + littleEndian(~length)
            stream += raw[start..<end]
            start = end
        } while start < raw.count
        stream += bigEndian(Int(adler32(raw)))
        return chunk("IDAT", stream)
    }

    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return bigEndian(data.count) + body + bigEndian(Int(crc32(body)))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func littleEndian(_ value: UInt16) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { bytes in
            crcTable.withUnsafeBufferPointer { table in
                var crc: UInt32 = 0xFFFF_FFFF
                for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 255)] ^ (crc >> 8) }
                return crc ^ 0xFFFF_FFFF
            }
        }
    }

    static func adler32(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { bytes in
            var (low, high): (UInt32, UInt32) = (1, 0)
            for byte in bytes {
                low = (low + UInt32(byte)) % 65521
                high = (high + low) % 65521
            }
            return high << 16 | low
        }
    }
}
