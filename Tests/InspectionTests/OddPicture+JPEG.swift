import Foundation
import Station
import TestSupport
import Testing

@testable import Inspection

extension OddPicture {
    private static func parts(_ bytes: [UInt8]) -> [(marker: UInt8, start: Int, end: Int)] {
        var found: [(UInt8, Int, Int)] = []
        var position = 2
        while position + 4 <= bytes.count, bytes[position + 1] != 0xD9 {
            let marker = bytes[position + 1]
            var end = position + 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
            if marker == 0xDA {
                while !(bytes[end] == 0xFF && bytes[end + 1] != 0 && !(0xD0...0xD7).contains(bytes[end + 1])) {
                    end += 1
                }
            }
            found.append((marker, position, end))
            position = end
        }
        return found
    }

    private static func insert(_ more: [UInt8], into bytes: [UInt8], at position: Int = 2) -> [UInt8] {
        Array(bytes[..<position]) + more + bytes[position...]
    }

    private static func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
        [0xFF, marker] + Pictures.big(data.count + 2, 2) + data
    }

    private static func exif(
        _ orientation: Int,
        head: String = "Exif\0\0",
        bigEndian: Bool = true,
        type: UInt8 = 3,
        count: UInt8 = 1
    )
        -> [UInt8]
    {
        var tiff = Pictures.tiff(orientation: orientation, bigEndian: bigEndian)
        if type != 3 {
            // A LONG: the value fills four bytes.
            tiff.replaceSubrange(10..<22, with: [1, 0x12, 0, type, 0, 0, 0, count, 0, 0, 0, UInt8(orientation)])
        } else if count != 1 {
            tiff[17] = count
        }
        return segment(0xE1, Array(head.utf8) + tiff)
    }

    private static let xmp = segment(
        0xE1,
        Array(
            ("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                + "<rdf:Description xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" tiff:Orientation=\"6\"/></rdf:RDF></x:xmpmeta>")
                .utf8
        )
    )

    static func jpegs() throws -> [OddPicture] {
        let base = try Pictures.jpeg()
        let progressive = try Pictures.jpeg(progressive: true)
        let (parts, scans) = (parts(base), parts(progressive).filter { $0.marker == 0xDA })
        guard let frame = parts.first(where: { $0.marker == 0xC0 })?.start,
            let scan = parts.first(where: { $0.marker == 0xDA })
        else { return [] }
        let (end, lastEnd) = (base.count - 2, progressive.count - 2)
        let middle = (scan.start + end) / 2
        var filled = base
        for part in parts.reversed() { filled = insert([0xFF, 0xFF, 0xFF], into: filled, at: part.start) }
        var stuffed = progressive
        for scan in scans.reversed() {
            stuffed = insert([UInt8](repeating: 0x55, count: 5), into: stuffed, at: scan.end)
        }
        let damage = [UInt8](repeating: 0, count: 24)
        return [
            OddPicture(
                "EXIF orientation 6, little-endian",
                .turned,
                "image-turned",
                insert(exif(6, bigEndian: false), into: base)
            ),
            OddPicture(
                "EXIF behind fill bytes",
                .turned,
                "image-turned",
                insert([0xFF, 0xFF, 0xFF] + exif(6), into: base)
            ),
            OddPicture(
                "EXIF behind 70,000 fill bytes",
                .turned,
                "image-turned",
                insert([UInt8](repeating: 0xFF, count: 70000) + exif(6), into: base)
            ),
            OddPicture("EXIF behind XMP", .turned, "image-turned", insert(xmp + exif(6), into: base)),
            OddPicture(
                "EXIF with another sixth byte",
                .turned,
                "image-turned",
                insert(exif(6, head: "Exif\0 "), into: base)
            ),
            OddPicture(
                "EXIF behind stray bytes",
                .turned,
                "image-turned",
                insert([0, 17, 34] + exif(6), into: base, at: 20)
            ),
            OddPicture(
                "EXIF behind the frame header",
                .turned,
                "image-turned",
                insert(exif(6), into: base, at: scan.start)
            ),
            OddPicture(
                "EXIF behind an empty EXIF segment",
                .turned,
                "image-turned",
                insert(segment(0xE1, Array("Exif\0\0".utf8)) + exif(6), into: base)
            ),
            OddPicture(
                "EXIF in the first of two segments",
                .turned,
                "image-turned",
                insert(exif(6) + exif(1), into: base)
            ),
            OddPicture("EXIF in the second of two segments", .upright, insert(exif(1) + exif(6), into: base)),
            OddPicture(
                "EXIF behind a broken EXIF segment",
                .upright,
                insert(segment(0xE1, Array("Exif\0\0garbage!garbage!".utf8)) + exif(6), into: base)
            ),
            OddPicture("EXIF between two scans", .upright, insert(exif(6), into: progressive, at: scans[1].start)),
            OddPicture("EXIF before the end", .upright, insert(exif(6), into: base, at: end)),
            OddPicture("EXIF in small letters", .upright, insert(exif(6, head: "exif\0\0"), into: base)),
            OddPicture("orientation as a LONG", .upright, insert(exif(6, type: 4), into: base)),
            OddPicture("orientation twice over", .upright, insert(exif(6, count: 2), into: base)),
            OddPicture("orientation in XMP alone", .upright, insert(xmp, into: base)),
            OddPicture("one stray byte before the end", .upright, insert([0], into: base, at: end)),
            OddPicture(
                "200 stray bytes before the end",
                .upright,
                noted: true,
                insert((0..<200).map { UInt8($0) }, into: base, at: end)
            ),
            OddPicture(
                "64 KiB of zeros before the end",
                .upright,
                noted: true,
                insert([UInt8](repeating: 0, count: 65536), into: base, at: end)
            ),
            OddPicture(
                "zeros before the end of a progressive one",
                .upright,
                noted: true,
                insert([UInt8](repeating: 0, count: 64), into: progressive, at: lastEnd)
            ),
            OddPicture(
                "zeros between two scans",
                .upright,
                noted: true,
                insert([UInt8](repeating: 0, count: 64), into: progressive, at: scans[2].end)
            ),
            OddPicture("filling behind each scan", .upright, noted: true, stuffed),
            OddPicture(
                "a restart marker before the end",
                .upright,
                noted: true,
                insert([0xFF, 0xD0, 17, 34, 0xFF, 0xD1], into: base, at: end)
            ),
            OddPicture("stray bytes between segments", .upright, noted: true, insert([0, 17, 34], into: base, at: 20)),
            OddPicture("a restart marker between segments", .upright, insert([0xFF, 0xD3], into: base, at: 20)),
            OddPicture(
                "a segment without a length",
                .upright,
                noted: true,
                insert([0xFF, 0xE5, 0, 0], into: base, at: 20)
            ),
            OddPicture("fill bytes before each marker", .upright, filled),
            OddPicture(
                "fill bytes before the end",
                .upright,
                insert([UInt8](repeating: 0xFF, count: 9), into: base, at: end)
            ),
            OddPicture("a comment before the end", .upright, insert(segment(0xFE, [1, 2, 3]), into: base, at: end)),
            OddPicture("4000 bytes behind the end", .upright, base + [UInt8](repeating: 7, count: 4000)),
            OddPicture(
                "a second picture behind the end (MPF)",
                .upright,
                insert(segment(0xE2, Array("MPF\0II*\0\u{8}\0\0\0".utf8) + damage), into: base, at: 20) + progressive
            ),
            OddPicture("JFIF of version 3", .upright, noted: true, Array(base[..<11]) + [3] + base[12...]),
            OddPicture(
                "a colour profile in pieces that do not fit",
                .upright,
                insert(segment(0xE2, Array("ICC_PROFILE\0\u{5}\u{2}".utf8) + damage), into: base, at: 20)
            ),
            OddPicture("no end marker", .nothing, "image-truncated", Array(base.dropLast(2))),
            OddPicture("no end marker, progressive", .nothing, "image-truncated", Array(progressive.dropLast(2))),
            OddPicture("half an end marker", .nothing, "image-truncated", Array(base.dropLast())),
            OddPicture(
                "a scan that is cut, with an end marker",
                .wrong,
                "image-damaged",
                Array(base[..<middle]) + [0xFF, 0xD9]
            ),
            OddPicture(
                "24 bytes of a scan are zeros",
                .wrong,
                "image-damaged",
                Array(base[..<middle]) + damage + base[(middle + 24)...]
            ),
            OddPicture(
                "a restart marker in mid-scan",
                .wrong,
                "image-damaged",
                Array(base[..<middle]) + [0xFF, 0xD3] + base[(middle + 2)...]
            ),
            OddPicture(
                "another marker in mid-scan",
                .nothing,
                "image-truncated",
                Array(base[..<middle]) + [0xFF, 0xE0] + base[(middle + 2)...]
            ),
            OddPicture(
                "two frame headers",
                .nothing,
                "image-damaged",
                insert(Array(base[frame..<(frame + 19)]), into: base, at: frame)
            ),
            OddPicture("two beginnings", .nothing, "image-damaged", insert([0xFF, 0xD8], into: base, at: 20)),
            OddPicture(
                "a reserved marker",
                .nothing,
                "image-damaged",
                insert([0xFF, 0x02, 0, 4, 1, 2], into: base, at: 20)
            ),
            OddPicture(
                "12 bits per colour",
                .nothing,
                "image-colour",
                Array(base[..<(frame + 4)]) + [12] + base[(frame + 5)...]
            ),
        ]
    }

    /// What the `IDAT` chunks of a PNG hold.
}
