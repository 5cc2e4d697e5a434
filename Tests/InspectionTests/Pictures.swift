import Inspection
import Station
import TestSupport

/// Image files that the station maker has no reason to write.
enum Pictures {
    static func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    static func jpeg(progressive: Bool = false) throws -> [UInt8] {
        var maker = StationMaker()
        maker.progressive = progressive
        return try maker.jpeg(.front)
    }

    /// A progressive JPEG without colour, in so many scans of nothing: what a small file can ask of a decoder.
    static func bomb(scans: Int, edge: Int = 15320) -> [UInt8] {
        let size = big(edge, 2)
        let frame: [UInt8] = [0xFF, 0xC2, 0, 11, 8] + size + size + [1, 1, 0x11, 0]
        let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]
        return [0xFF, 0xD8] + frame + (0..<scans).flatMap { _ in scan } + [0xFF, 0xD9]
    }

    /// A JPEG of any size.
    static func jpeg(width: Int, height: Int) throws -> [UInt8] {
        let rgb = [UInt8](repeating: 120, count: width * height * 3)
        return try JPEGEncoding.encode(rgb: rgb, width: width, height: height, quality: 50)
    }

    /// A hand-made black JPEG without colour, 512 × 512: every block is one bit of DC and one of AC.
    static func grayJPEG() -> [UInt8] {
        let quantisation: [UInt8] = [0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 1, count: 64)
        let frame: [UInt8] = [0xFF, 0xC0, 0, 11, 8, 2, 0, 2, 0, 1, 1, 0x11, 0]
        func table(_ kind: UInt8) -> [UInt8] { [0xFF, 0xC4, 0, 20, kind, 1] + [UInt8](repeating: 0, count: 15) + [0] }
        let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
        return [0xFF, 0xD8] + quantisation + frame + table(0x00) + table(0x10) + scan
            + [UInt8](repeating: 0, count: 1024) + [0xFF, 0xD9]
    }

    /// Where the marker of the frame header stands.
    static func frameHeader(of jpeg: [UInt8]) -> Int? {
        var position = 2
        while position + 4 < jpeg.count {
            if jpeg[position + 1] == 0xC0 || jpeg[position + 1] == 0xC2 { return position }
            position += 2 + Int(jpeg[position + 2]) << 8 + Int(jpeg[position + 3])
        }
        return nil
    }

    /// `jpeg` with EXIF data behind its first marker.
    static func withEXIF(_ jpeg: [UInt8], _ tiff: [UInt8]) -> [UInt8] {
        let data = Array("Exif\0\0".utf8) + tiff
        return Array(jpeg.prefix(2)) + [0xFF, 0xE1] + big(data.count + 2, 2) + data + jpeg.dropFirst(2)
    }

    /// A TIFF structure with an orientation and, where given, a time of the original with sub-seconds and offset.
    static func tiff(
        orientation: Int = 1,
        time: String? = nil,
        subsecond: String? = nil,
        offset: String? = nil,
        bigEndian: Bool = false
    ) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            bigEndian ? big(value, count) : big(value, count).reversed()
        }
        let texts = [(0x9003, time), (0x9011, offset), (0x9291, subsecond)].compactMap { tag, text in
            text.map { (tag, Array($0.utf8) + [0]) }
        }
        let innerAt = 8 + 2 + 2 * 12 + 4
        var dataAt = innerAt + 2 + texts.count * 12 + 4
        var bytes = Array((bigEndian ? "MM\0*" : "II*\0").utf8) + number(8, 4) + number(2, 2)
        bytes += number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + [0, 0]
        bytes += number(0x8769, 2) + number(4, 2) + number(1, 4) + number(innerAt, 4) + number(0, 4)
        bytes += number(texts.count, 2)
        var data: [UInt8] = []
        for (tag, text) in texts {
            bytes += number(tag, 2) + number(2, 2) + number(text.count, 4)
            if text.count <= 4 {
                bytes += text + [UInt8](repeating: 0, count: 4 - text.count)
            } else {
                bytes += number(dataAt, 4)
                data += text
                dataAt += text.count
            }
        }
        return bytes + number(0, 4) + data
    }

    /// A black PNG whose data are stored, not compressed.
    static func png(
        width: Int = 512,
        height: Int = 512,
        colour: UInt8 = 2,
        depth: UInt8 = 8,
        rows: Int? = nil,
        extra: [UInt8] = []
    ) -> [UInt8] {
        let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colour] ?? 3
        let raw = [UInt8](repeating: 0, count: (rows ?? height) * (1 + width * channels * Int(depth) / 8))
        var stream: [UInt8] = [0x78, 0x01]
        var position = 0
        while position < raw.count {
            let count = min(65535, raw.count - position)
            stream.append(position + count == raw.count ? 1 : 0)
            stream += [UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8 & 255)]
            stream += raw[position..<position + count]
            position += count
        }
        // Adler-32 of nothing but zeros.
        stream += big((raw.count % 65521) << 16 | 1, 4)
        let header = big(width, 4) + big(height, 4) + [depth, colour, 0, 0, 0]
        let palette: [UInt8] = colour == 3 ? chunk("PLTE", [0, 0, 0]) : []
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + palette + extra
            + chunk("IDAT", stream) + chunk("IEND", [])
    }

    static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let typed = Array(type.utf8) + data
        return big(data.count, 4) + typed + big(Int(checksum(typed)), 4)
    }

    /// Bit by bit, unlike the table in the code under test.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
