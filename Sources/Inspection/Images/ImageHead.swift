import Station

/// Reads the size of a picture from the start of its file, to distinguish a panorama from faces.
///
/// It refuses nothing.
enum ImageHead {
    /// How much of the file is read: enough for EXIF, thumbnails and colour profiles before a JPEG's header.
    static let length = 1 << 20

    static func facts(of bytes: UnsafeBufferPointer<UInt8>) -> ImageFacts? {
        switch FileKind.of(Array(bytes.prefix(FileKind.headLength))) {
        case .jpeg: jpeg(bytes)
        case .png: png(bytes)
        default: nil
        }
    }

    private static func big(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int, _ count: Int) -> Int {
        bytes[position..<position + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func png(_ bytes: UnsafeBufferPointer<UInt8>) -> ImageFacts? {
        guard bytes.count >= 24 else { return nil }
        var facts = ImageFacts(format: .png, width: big(bytes, 16, 4), height: big(bytes, 20, 4))
        // A header may claim any size; sizes over every limit are refused without decoding.
        let pixels = min(facts.width, 1 << 16) * min(facts.height, 1 << 16)
        facts.effort = DecodingEffort(memory: bytes.count > 28 && bytes[28] != 0 ? pixels * 3 : 0, blocks: pixels / 64)
        return facts
    }

    /// The frame header, found as decoders find it: fill bytes and stray bytes are skipped.
    private static func jpeg(_ bytes: UnsafeBufferPointer<UInt8>) -> ImageFacts? {
        var position = 2
        while position + 1 < bytes.count {
            let marker = bytes[position + 1]
            guard bytes[position] == 0xFF, marker != 0xFF, marker != 0 else {
                position += 1
                continue
            }
            if marker == 0x01 || (0xD0...0xD7).contains(marker) {
                position += 2
                continue
            }
            guard position + 4 <= bytes.count else { return nil }
            if (0xC0...0xCF).contains(marker), marker != 0xC4, marker != 0xC8, marker != 0xCC {
                return frame(bytes, at: position)
            }
            position += 2 + big(bytes, position + 2, 2)
        }
        return nil
    }

    private static func frame(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> ImageFacts? {
        guard position + 10 <= bytes.count else { return nil }
        var facts = ImageFacts(
            format: .jpeg,
            width: big(bytes, position + 7, 2),
            height: big(bytes, position + 5, 2)
        )
        let components = Int(bytes[position + 9])
        // An upper bound: all colours at full resolution.
        let blocks = ((facts.width + 7) / 8) * ((facts.height + 7) / 8) * max(1, components)
        // FF DA never occurs in coded data with another meaning.
        var scans = 0
        for index in position..<bytes.count - 1 where bytes[index] == 0xFF && bytes[index + 1] == 0xDA { scans += 1 }
        let isProgressive = bytes[position + 1] == 0xC2
        facts.effort.memory = isProgressive || scans > 1 ? blocks * 128 : 0
        facts.effort.blocks = blocks * max(scans, isProgressive ? 10 : 1)
        return facts
    }
}
