import Station

/// Walks the chunks of a PNG file as browsers do, and names those that libpng is to see: what pixels depend on.
///
/// What libpng reports of those (checksums, an impossible kind of colour, missing rows) is left to it. Chunks that pixels do not depend on may
/// be as they like: unknown, twice, in the wrong place, with a wrong checksum. Decoders skip them, and libpng would refuse some.
struct PNGStructure {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var facts: ImageFacts?
    private var oddities: [String] = []
    private var palette: Range<Int>?
    private var transparency: Range<Int>?
    private var data: [Range<Int>] = []
    private var isBehindData = false
    private var isAnimated = false
    private var animationBeginsWithPicture = false
    private var hasHiddenAnimation = false

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Reads the header's facts and checks each chunk; `bytes` start with PNG's signature.
    static func facts(of bytes: UnsafeBufferPointer<UInt8>) throws(ImageRefusal) -> ImageFacts {
        var walk = PNGStructure(bytes: bytes)
        return try walk.run()
    }

    /// Chunks whose checksum is left to libpng, to which a wrong one is an error.
    private static let isCheckedByLibpng: Set<String> = ["PLTE", "IDAT"]

    private mutating func run() throws(ImageRefusal) -> ImageFacts {
        var position = 8
        while true {
            guard position + 12 <= bytes.count else { throw .truncated }
            let length = Int(number(at: position))
            guard length <= Int32.max else { throw .damaged("a chunk has an impossible length") }
            let content = position + 8..<position + 8 + length
            guard content.upperBound + 4 <= bytes.count else { throw .truncated }
            let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            let typed = UnsafeBufferPointer(rebasing: bytes[position + 4..<content.upperBound])
            if facts == nil, type != "IHDR" { throw .damaged("its header is missing") }
            let whole = position..<content.upperBound + 4
            position = whole.upperBound
            if !Self.isCheckedByLibpng.contains(type), CRC32.of(typed) != number(at: content.upperBound) {
                // The size is judged before libpng sees it.
                guard type != "IHDR" else { throw .damaged("the checksum of its header is wrong") }
                oddities.append("the checksum of its \(printable(type)) chunk is wrong")
                guard type == "IEND" else { continue }
            }
            if type != "IDAT", !data.isEmpty { isBehindData = true }
            if type == "IEND" { return try ended(at: whole) }
            try read(type, content, whole)
        }
    }

    private mutating func read(_ type: String, _ content: Range<Int>, _ whole: Range<Int>) throws(ImageRefusal) {
        switch type {
        case "IHDR":
            guard facts == nil else { throw .damaged("it has two headers") }
            facts = try header(content)
            facts?.chunks = [whole]
        case "PLTE" where !isBehindData:
            // libpng only warns of one that is not needed; browsers show nothing.
            guard content.count.isMultiple(of: 3), (3...768).contains(content.count) else {
                throw .damaged("its palette has an impossible length")
            }
            if palette == nil { palette = whole }
        case "tRNS" where !isBehindData:
            if transparency == nil { transparency = whole }
            facts?.hasAlpha = true
        case "eXIf" where !isBehindData: if facts?.exif == nil { facts?.exif = content }
        case "iTXt":
            let keyword = Array("XML:com.adobe.xmp\0\0".utf8)
            if facts?.xmp == nil, bytes[content].starts(with: keyword) { facts?.xmp = content.dropFirst(keyword.count) }
        case "acTL" where !isBehindData: isAnimated = true
        case "fcTL":
            if data.isEmpty { animationBeginsWithPicture = true } else { hasHiddenAnimation = true }
        case "IDAT":
            guard !isBehindData else { throw .damaged("its picture data is in two places") }
            data.append(whole)
        default:
            // A capital letter in front: not to be skipped by who does not know it.
            guard !isBehindData, let first = type.utf8.first, (0x41...0x5A).contains(first) else { return }
            throw .damaged("it contains the chunk \(printable(type)), which no decoder knows")
        }
    }

    private func ended(at end: Range<Int>) throws(ImageRefusal) -> ImageFacts {
        guard var facts, !data.isEmpty else { throw .damaged("it contains no picture") }
        if isAnimated, hasHiddenAnimation, !animationBeginsWithPicture {
            throw .coding("an animated PNG that shows another picture than its own")
        }
        guard facts.effort.memory <= JPEGStructure.coefficientLimit else { throw .memory(facts.effort.memory >> 20) }
        facts.chunks += [palette, transparency].compactMap(\.self) + data
        // Distinct, a few: a file may have thousands.
        for oddity in oddities where facts.oddities.count < 3 && !facts.oddities.contains(oddity) {
            facts.oddities.append(oddity)
        }
        return facts
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
        var facts = ImageFacts(
            format: .png,
            width: width,
            height: height,
            isGray: colour == 0 || colour == 4,
            hasAlpha: colour == 4 || colour == 6
        )
        // A header may state any size; what is far over every limit is refused by its size.
        let pixels = min(width, 1 << 24) * min(height, 1 << 24)
        let isInterlaced = bytes[data.lowerBound + 12] != 0 && max(width, height) <= 1 << 16
        facts.effort = DecodingEffort(memory: isInterlaced ? pixels * 3 : 0, blocks: pixels / 64)
        return facts
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
