import Station

/// Walks the chunks of a PNG file: signature, header, every checksum, and the end.
struct PNGStructure {
    private let bytes: UnsafeBufferPointer<UInt8>

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Reads the header's facts and checks each chunk; `bytes` start with PNG's signature.
    static func facts(of bytes: UnsafeBufferPointer<UInt8>) throws(ImageRefusal) -> ImageFacts {
        try PNGStructure(bytes: bytes).run()
    }

    private func run() throws(ImageRefusal) -> ImageFacts {
        var position = 8
        var facts: ImageFacts?
        var hasData = false
        while true {
            guard position + 12 <= bytes.count else { throw .truncated }
            let length = Int(number(at: position))
            guard length <= Int32.max else { throw .damaged("a chunk has an impossible length") }
            let data = position + 8..<position + 8 + length
            guard data.upperBound + 4 <= bytes.count else { throw .truncated }
            let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            let typed = UnsafeBufferPointer(rebasing: bytes[position + 4..<data.upperBound])
            guard CRC32.of(typed) == number(at: data.upperBound) else {
                throw .damaged("the checksum of its \(printable(type)) chunk is wrong")
            }
            if facts == nil, type != "IHDR" { throw .damaged("its header is missing") }
            switch type {
            case "IHDR":
                guard facts == nil else { throw .damaged("it has two headers") }
                facts = try header(data)
            case "tRNS": facts?.hasAlpha = true
            case "eXIf": facts?.exif = data
            case "IDAT": hasData = true
            case "IEND":
                guard let facts, hasData else { throw .damaged("it holds no picture") }
                return facts
            default: break
            }
            position = data.upperBound + 4
        }
    }

    private func number(at position: Int) -> UInt32 {
        bytes[position..<position + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func header(_ data: Range<Int>) throws(ImageRefusal) -> ImageFacts {
        guard data.count == 13 else { throw .damaged("its header has the wrong length") }
        let (width, height) = (Int(number(at: data.lowerBound)), Int(number(at: data.lowerBound + 4)))
        guard width > 0, height > 0, width <= Int32.max, height <= Int32.max else {
            throw .damaged("its header gives no size")
        }
        let (depth, colour) = (bytes[data.lowerBound + 8], bytes[data.lowerBound + 9])
        guard depth != 16 else { throw .colour("a PNG with 16 bits per colour") }
        guard [0, 2, 3, 4, 6].contains(colour) else { throw .damaged("its header gives no kind of colour") }
        return ImageFacts(
            format: .png,
            width: width,
            height: height,
            isGray: colour == 0 || colour == 4,
            hasAlpha: colour == 4 || colour == 6
        )
    }
}

/// The checksum of PNG's chunks.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            var crc: UInt32 = 0xFFFF_FFFF
            for byte in bytes { crc = crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
            return crc ^ 0xFFFF_FFFF
        }
    }
}
