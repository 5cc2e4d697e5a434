import Foundation
import Station
import TestSupport
import Testing

@testable import Inspection

extension OddPicture {
    private static func pixelData(of png: [UInt8]) -> [UInt8] {
        var data: [UInt8] = []
        var position = 33
        while position + 12 <= png.count {
            let length = png[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            if png[position + 4..<position + 8].elementsEqual("IDAT".utf8) {
                data += png[position + 8..<position + 8 + length]
            }
            position += 12 + length
        }
        return data
    }

    static func pngs() throws -> [OddPicture] {
        var canvas = Canvas(width: 512, height: 512)
        canvas.draw(Picture(width: 512, height: 512, pixels: StationMaker().pixels(.front)), x: 0, y: 0, edge: 512)
        guard let base = canvas.png(), let plain = Canvas(width: 512, height: 512).png() else { return [] }
        let header = Array(base[8..<33])
        let data = pixelData(of: base)
        func png(
            _ before: [UInt8] = [],
            _ middle: [UInt8]? = nil,
            _ after: [UInt8] = [],
            end: [UInt8] = Pictures.chunk("IEND", [])
        ) -> [UInt8] {
            Array(base[..<8]) + header + before + (middle ?? Pictures.chunk("IDAT", data)) + after + end
        }
        func wrong(_ chunk: [UInt8]) -> [UInt8] { chunk.dropLast() + [chunk[chunk.count - 1] ^ 1] }
        func window(_ first: UInt8) -> [UInt8] {
            let second = UInt8((31 - (Int(first) << 8 | 0x80) % 31) % 31) | 0x80
            return [first, second] + data.dropFirst(2)
        }
        let text = Pictures.chunk("tEXt", Array("Comment\0x".utf8))
        let turned = Pictures.tiff(orientation: 6, bigEndian: true)
        let exif = Pictures.chunk("eXIf", turned)
        let animation = Pictures.chunk("acTL", [0, 0, 0, 1, 0, 0, 0, 0])
        let control = Pictures.chunk(
            "fcTL",
            [0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0] + [UInt8](repeating: 0, count: 8) + [0, 1, 0, 10, 0, 0]
        )
        let second = Pictures.chunk("fdAT", [0, 0, 0, 1] + pixelData(of: plain))
        return [
            OddPicture("png as it should be", .upright, png()),
            OddPicture("png with a small zlib window", .upright, png([], Pictures.chunk("IDAT", window(0x08)))),
            OddPicture(
                "png with a small zlib window, in pieces",
                .upright,
                png(
                    [],
                    Pictures.chunk("IDAT", Array(window(0x08)[..<1])) + Pictures.chunk("IDAT", [])
                        + Pictures.chunk("IDAT", Array(window(0x08)[1...]))
                )
            ),
            OddPicture(
                "png with an impossible zlib window",
                .nothing,
                "image-damaged",
                png([], Pictures.chunk("IDAT", window(0x88)))
            ),
            OddPicture(
                "png with a wrong Adler-32",
                .upright,
                png([], Pictures.chunk("IDAT", data.dropLast() + [data[data.count - 1] ^ 1]))
            ),
            OddPicture(
                "png with bytes behind its pixels",
                .upright,
                noted: true,
                png([], Pictures.chunk("IDAT", data + [1, 2, 3]))
            ),
            OddPicture("png with a wrong checksum of a text", .upright, noted: true, png(wrong(text))),
            OddPicture(
                "png with a wrong checksum of a private chunk",
                .upright,
                noted: true,
                png(wrong(Pictures.chunk("prVt", [1])))
            ),
            OddPicture(
                "png with a wrong checksum of its end",
                .upright,
                noted: true,
                png(end: wrong(Pictures.chunk("IEND", [])))
            ),
            OddPicture(
                "png with a wrong checksum of its pixels",
                .nothing,
                "image-damaged",
                png([], wrong(Pictures.chunk("IDAT", data)))
            ),
            OddPicture(
                "png with unknown chunks, twice and behind",
                .upright,
                png(Pictures.chunk("abCd", [1]) + Pictures.chunk("abCd", [1]), nil, Pictures.chunk("xyZz", [2]))
            ),
            OddPicture(
                "png with an unknown chunk that counts",
                .nothing,
                "image-damaged",
                png(Pictures.chunk("ABCD", [1]))
            ),
            OddPicture(
                "png with an unknown chunk that counts, behind",
                .upright,
                png([], nil, Pictures.chunk("ABCD", [1]))
            ),
            OddPicture(
                "png with two gammas",
                .upright,
                png(Pictures.chunk("gAMA", [0, 0, 0xB1, 0x8F]) + Pictures.chunk("gAMA", [0, 0, 0xB1, 0x8F]))
            ),
            OddPicture("png with a broken colour profile", .upright, png(Pictures.chunk("iCCP", [97, 0, 0, 1, 2, 3]))),
            OddPicture(
                "png with a palette of two bytes",
                .nothing,
                "image-damaged",
                png(Pictures.chunk("PLTE", [1, 2]))
            ),
            OddPicture(
                "png with its pixels in two places",
                .nothing,
                "image-damaged",
                png(
                    [],
                    Pictures.chunk("IDAT", Array(data[..<1000])) + text + Pictures.chunk("IDAT", Array(data[1000...]))
                )
            ),
            OddPicture(
                "png with a text before its header",
                .nothing,
                "image-damaged",
                Array(base[..<8]) + text + base[8...]
            ),
            OddPicture("png with text and more behind its end", .upright, png() + text + [1, 2, 3]),
            OddPicture("png without an end", .nothing, "image-truncated", png(end: [])),
            OddPicture("png with EXIF orientation 6", .turned, "image-turned", png(exif)),
            OddPicture("png with EXIF behind its pixels", .upright, png([], nil, exif)),
            OddPicture(
                "png with EXIF twice, the second turned",
                .upright,
                png(Pictures.chunk("eXIf", Pictures.tiff(orientation: 1, bigEndian: true)) + exif)
            ),
            OddPicture(
                "png with EXIF twice, the first turned",
                .turned,
                "image-turned",
                png(exif + Pictures.chunk("eXIf", Pictures.tiff(orientation: 1, bigEndian: true)))
            ),
            OddPicture("png with EXIF and a wrong checksum of it", .upright, noted: true, png(wrong(exif))),
            OddPicture(
                "png with EXIF as in a JPEG",
                .upright,
                png(Pictures.chunk("eXIf", Array("Exif\0\0".utf8) + turned))
            ),
            OddPicture("png that is animated, the picture first", .upright, png(animation + control)),
            OddPicture(
                "png that is animated, with another picture",
                .wrong,
                "image-coding",
                png(animation, nil, control + second)
            ),
        ]
    }
}
