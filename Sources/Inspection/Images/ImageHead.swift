import Station

/// The size of a picture out of the beginning of its file, for telling a panorama from faces.
///
/// Nothing is refused here.
enum ImageHead {
    /// How much of the file is looked at: room for EXIF, thumbnails and colour profiles before a JPEG's header.
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
        return ImageFacts(format: .png, width: big(bytes, 16, 4), height: big(bytes, 20, 4))
    }

    private static func jpeg(_ bytes: UnsafeBufferPointer<UInt8>) -> ImageFacts? {
        var position = 2
        while position + 9 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            if marker == 0xFF {
                position += 1
                continue
            }
            if (0xC0...0xCF).contains(marker), marker != 0xC4, marker != 0xC8, marker != 0xCC {
                return ImageFacts(
                    format: .jpeg,
                    width: big(bytes, position + 7, 2),
                    height: big(bytes, position + 5, 2)
                )
            }
            position += 2 + big(bytes, position + 2, 2)
        }
        return nil
    }
}
