import Station

/// What a file is by its first bytes, regardless of its name.
enum FileKind: Equatable {
    case jpeg, png
    /// Something that crews deliver by mistake, described with an article; it may have to be converted or downloaded again.
    case foreign(String)
    /// A metadata file that macOS writes next to the real one.
    case appleDouble
    /// Space that a copying tool has allocated but not filled.
    case zeros
    case unknown

    /// How many bytes ``of(_:)`` looks at.
    static let headLength = 512

    static func of(_ bytes: [UInt8]) -> FileKind {
        func starts(_ head: [UInt8], at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: head) }
        func starts(_ head: String, at offset: Int = 0) -> Bool { starts(Array(head.utf8), at: offset) }
        if starts([0xFF, 0xD8, 0xFF]) { return .jpeg }
        if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if starts([0x00, 0x05, 0x16, 0x07]) || starts([0x00, 0x05, 0x16, 0x00]) { return .appleDouble }
        if starts("RIFF"), starts("WEBP", at: 8) { return .foreign("a WebP picture") }
        if starts("II*\0") || starts("MM\0*") || starts("II+\0") || starts("MM\0+") {
            return .foreign("a TIFF picture")
        }
        if starts("ftyp", at: 4) { return .foreign(isoMedia(bytes)) }
        if starts("GIF8") { return .foreign("a GIF picture") }
        if starts("BM") { return .foreign("a BMP picture") }
        if starts("%PDF") { return .foreign("a PDF document") }
        if starts("8BPS") { return .foreign("a Photoshop document") }
        if starts([0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50]) || starts([0xFF, 0x4F, 0xFF, 0x51]) {
            return .foreign("a JPEG 2000 picture")
        }
        if starts([0xFF, 0x0A]) || starts([0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58]) {
            return .foreign("a JPEG XL picture")
        }
        if starts([0x76, 0x2F, 0x31, 0x01]) { return .foreign("an OpenEXR picture") }
        if starts("#?RADIANCE") { return .foreign("a Radiance HDR picture") }
        if starts("PK\u{3}\u{4}") { return .foreign("a ZIP archive") }
        if starts([0x1F, 0x8B]) { return .foreign("a gzip archive") }
        if starts("ASTM-E57") { return .foreign("an E57 point cloud") }
        let head = bytes.prefix(headLength)
        if !head.isEmpty, head.allSatisfy({ $0 == 0 }) { return .zeros }
        return textKind(head) ?? .unknown
    }

    /// The brand of an ISO base media file (bytes 8 to 11).
    private static func isoMedia(_ bytes: [UInt8]) -> String {
        let brand = String(decoding: bytes.dropFirst(8).prefix(4), as: UTF8.self)
        return switch brand {
        case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1": "a HEIC picture"
        case "avif", "avis": "an AVIF picture"
        default: "a video"
        }
    }

    private static func textKind(_ head: ArraySlice<UInt8>) -> FileKind? {
        // The last character may be truncated, so only ASCII is considered.
        guard head.allSatisfy({ $0 >= 0x20 || (0x09...0x0D).contains($0) }) else { return nil }
        let text = String(decoding: head.drop { $0 <= 0x20 || $0 >= 0x80 }.prefix(64), as: UTF8.self).lowercased()
        if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") { return .foreign("a web page (HTML)") }
        if text.hasPrefix("<svg") { return .foreign("an SVG drawing") }
        if text.hasPrefix("<?xml") || text.hasPrefix("<error") { return .foreign("an XML text") }
        return head.allSatisfy { $0 < 0x80 } && head.count >= 8 ? .foreign("a text") : nil
    }
}
