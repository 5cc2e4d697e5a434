/// Why a gzip body can't be decoded, for the `message` of a 400.
struct GzipError: Error, CustomStringConvertible {
    let description: String
}

/// Decodes a gzip member (RFC 1952, RFC 1951), as clients send JSON bodies with `Content-Encoding: gzip`.
///
/// Written out here because neither Foundation on Linux nor a package in reach of this target has it.
/// A decoded body can't swell past `limit` bytes.
func gunzip(_ data: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
    var start = 10
    guard data.count >= 18, data[0] == 0x1F, data[1] == 0x8B, data[2] == 8 else {
        throw GzipError(description: "The body is not gzip")
    }
    let flags = data[3]
    if flags & 4 != 0 {
        guard data.count > start + 2 else { throw GzipError(description: "The gzip header is cut off") }
        start += 2 + Int(data[start]) + Int(data[start + 1]) << 8
    }
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
        while start < data.count, data[start] != 0 { start += 1 }
        start += 1
    }
    if flags & 2 != 0 { start += 2 }
    guard start < data.count - 8 else { throw GzipError(description: "The gzip header is cut off") }

    var inflater = Inflater(data: data, position: start, limit: limit)
    try inflater.run()
    let trailer = inflater.endOfBlocks
    guard trailer + 8 <= data.count else { throw GzipError(description: "The gzip trailer is missing") }
    let checksum = (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[trailer + $1]) << (8 * UInt32($1)) }
    guard crc32(inflater.output) == checksum else { throw GzipError(description: "The gzip checksum does not match") }
    return inflater.output
}

private let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crcTable[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
}

/// A canonical Huffman code: how many symbols have each length, and the symbols in code order.
private struct HuffmanCode {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int]

    init(lengths: some Collection<Int>) {
        for length in lengths { counts[length] += 1 }
        counts[0] = 0
        var offsets = [Int](repeating: 0, count: 16)
        for length in 1..<15 { offsets[length + 1] = offsets[length] + counts[length] }
        symbols = [Int](repeating: 0, count: lengths.count)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            symbols[offsets[length]] = symbol
            offsets[length] += 1
        }
    }
}

private struct Inflater {
    let data: [UInt8]
    var position: Int
    let limit: Int
    var output: [UInt8] = []
    private var bitBuffer: UInt32 = 0
    private var bitCount = 0

    init(data: [UInt8], position: Int, limit: Int) {
        (self.data, self.position, self.limit) = (data, position, limit)
    }

    /// The first byte after the last block.
    var endOfBlocks: Int { position }

    private mutating func bits(_ count: Int) throws(GzipError) -> Int {
        while bitCount < count {
            guard position < data.count else { throw GzipError(description: "The gzip body is cut off") }
            bitBuffer |= UInt32(data[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        let value = Int(bitBuffer & (1 << UInt32(count) - 1))
        bitBuffer >>= UInt32(count)
        bitCount -= count
        return value
    }

    private mutating func append(_ byte: UInt8) throws(GzipError) {
        guard output.count < limit else { throw GzipError(description: "The decoded body is too large") }
        output.append(byte)
    }

    mutating func run() throws(GzipError) {
        var isLast = false
        while !isLast {
            isLast = try bits(1) == 1
            switch try bits(2) {
            case 0: try copyStored()
            case 1: try decode(literals: Self.fixedLiterals, distances: Self.fixedDistances)
            case 2:
                let (literals, distances) = try readCodes()
                try decode(literals: literals, distances: distances)
            default: throw GzipError(description: "The gzip body is damaged")
            }
        }
    }

    private mutating func copyStored() throws(GzipError) {
        (bitBuffer, bitCount) = (0, 0)
        guard position + 4 <= data.count else { throw GzipError(description: "The gzip body is cut off") }
        let length = Int(data[position]) | Int(data[position + 1]) << 8
        position += 4
        guard position + length <= data.count else { throw GzipError(description: "The gzip body is cut off") }
        for byte in data[position..<position + length] { try append(byte) }
        position += length
    }

    private mutating func symbol(_ code: HuffmanCode) throws(GzipError) -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1..<16 {
            value |= try bits(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw GzipError(description: "The gzip body is damaged")
    }

    private mutating func decode(literals: HuffmanCode, distances: HuffmanCode) throws(GzipError) {
        while true {
            let next = try symbol(literals)
            if next < 256 {
                try append(UInt8(next))
                continue
            }
            if next == 256 { return }
            guard next < 286 else { throw GzipError(description: "The gzip body is damaged") }
            let length = Self.lengthBase[next - 257] + (try bits(Self.lengthExtra[next - 257]))
            let code = try symbol(distances)
            guard code < 30 else { throw GzipError(description: "The gzip body is damaged") }
            let distance = Self.distanceBase[code] + (try bits(Self.distanceExtra[code]))
            guard distance <= output.count else { throw GzipError(description: "The gzip body is damaged") }
            for _ in 0..<length { try append(output[output.count - distance]) }
        }
    }

    private mutating func readCodes() throws(GzipError) -> (HuffmanCode, HuffmanCode) {
        let (literalCount, distanceCount, lengthCount) = (try bits(5) + 257, try bits(5) + 1, try bits(4) + 4)
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<lengthCount { lengths[Self.order[index]] = try bits(3) }
        let code = HuffmanCode(lengths: lengths)
        var all: [Int] = []
        while all.count < literalCount + distanceCount {
            switch try symbol(code) {
            case 16:
                guard let last = all.last else { throw GzipError(description: "The gzip body is damaged") }
                all.append(contentsOf: repeatElement(last, count: 3 + (try bits(2))))
            case 17: all.append(contentsOf: repeatElement(0, count: 3 + (try bits(3))))
            case 18: all.append(contentsOf: repeatElement(0, count: 11 + (try bits(7))))
            case let length: all.append(length)
            }
        }
        guard all.count == literalCount + distanceCount else {
            throw GzipError(description: "The gzip body is damaged")
        }
        return (HuffmanCode(lengths: all[..<literalCount]), HuffmanCode(lengths: all[literalCount...]))
    }

    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthExtra = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577,
    ]
    private static let distanceExtra = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    private static let fixedLiterals = HuffmanCode(
        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    )
    private static let fixedDistances = HuffmanCode(lengths: [Int](repeating: 5, count: 30))
}
