import Foundation
import Inspection
import Station
import TestSupport
import Testing

struct ImageRefusalTests {
    /// The verdict on a good station whose front face holds these bytes.
    private func verdict(
        _ bytes: [UInt8],
        as name: String = "front.jpg",
        _ rules: InspectionRules = StationFolder.rules
    )
        async throws -> InspectionReport
    {
        let bench = try StationFolder(.init(skipping: [.front]))
        try bench.put(bytes, as: name)
        return try await bench.inspect(rules)
    }

    @Test(arguments: [false, true]) func `a JPEG that breaks off anywhere is refused`(progressive: Bool) async throws {
        let whole = try Pictures.jpeg(progressive: progressive)
        // The last are the end marker and one half of it.
        for length in [1, 2, 3, 20, 300, 900, whole.count / 2, whole.count * 9 / 10, whole.count - 2, whole.count - 1] {
            let report = try await verdict(Array(whole.prefix(length)))
            #expect(report.rejection == ["image-truncated"], "\(length) of \(whole.count): \(report.words)")
        }
    }

    @Test func `a JPEG whose second half is zeros, as a broken copy leaves it, is refused`() async throws {
        var bytes = try Pictures.jpeg()
        for index in bytes.count / 2..<bytes.count { bytes[index] = 0 }
        #expect(try await verdict(bytes).rejection == ["image-truncated"])
        bytes = [UInt8](repeating: 0, count: 60000)
        #expect(try await verdict(bytes).rejection == ["image-truncated"])
    }

    @Test func `damage in the middle of a JPEG is noticed where it leaves a trace`() async throws {
        let whole = try Pictures.jpeg()
        var noticed = 0
        for step in 1..<40 {
            var bytes = whole
            let position = 700 + step * (whole.count - 800) / 40
            // A run of bytes, as a bad sector leaves it.
            for index in position..<min(position + 16, whole.count - 2) { bytes[index] = 0 }
            if try await verdict(bytes).rejection == ["image-damaged"] { noticed += 1 }
        }
        #expect(noticed > 30, "\(noticed) of 39")
    }

    @Test func `data after the end of a JPEG do no harm`() async throws {
        #expect(try await verdict(try Pictures.jpeg() + [UInt8](repeating: 7, count: 100)).capture != nil)
    }

    @Test func `codings and colours that the viewer does not support are refused`() async throws {
        let jpeg = try Pictures.jpeg()
        let header = try #require(Pictures.frameHeader(of: jpeg))
        func patched(_ offset: Int, _ value: UInt8) -> [UInt8] {
            var bytes = jpeg
            bytes[header + offset] = value
            return bytes
        }
        #expect(try await verdict(patched(4, 12)).rejection == ["image-colour"])
        #expect(try await verdict(patched(9, 4)).words.contains("CMYK"))
        for (marker, word) in [(0xC3, "lossless"), (0xC9, "arithmetic"), (0xC5, "hierarchical")] as [(UInt8, String)] {
            let report = try await verdict(patched(1, marker))
            #expect(report.rejection == ["image-coding"])
            #expect(report.words.contains(word))
        }
        let deep = try await verdict(Pictures.png(depth: 16), as: "front.png")
        #expect(deep.rejection == ["image-colour"])
        #expect(deep.words.contains("16 bits"))
    }

    @Test func `a face that has to be rotated is refused`() async throws {
        let jpeg = try Pictures.jpeg()
        for orientation in 2...8 {
            let tiff = Pictures.tiff(orientation: orientation, bigEndian: orientation % 2 == 0)
            #expect(try await verdict(Pictures.withEXIF(jpeg, tiff)).rejection == ["image-turned"])
        }
        for orientation in [0, 1, 9] {
            #expect(try await verdict(Pictures.withEXIF(jpeg, Pictures.tiff(orientation: orientation))).capture != nil)
        }
        let png = Pictures.png(extra: Pictures.chunk("eXIf", Pictures.tiff(orientation: 6)))
        #expect(try await verdict(png, as: "front.png").rejection == ["image-turned"])
    }

    @Test func `extension and content have to agree`() async throws {
        #expect(try await verdict(try Pictures.jpeg(), as: "front.png").rejection == ["mis-named"])
        #expect(try await verdict(Pictures.png(), as: "front.jpeg").rejection == ["mis-named"])
    }

    @Test(arguments: [
        ("RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 ", "WebP"), ("II*\0\u{8}", "TIFF"), ("\0\0\0\u{18}ftypheic", "HEIC"),
        ("GIF89a", "GIF"), ("BM\u{1}\u{1}", "BMP"), ("%PDF-1.7", "PDF"), ("\n<!DOCTYPE html><html>", "HTML"),
        ("<?xml version=\"1.0\"?><Error>", "XML"), ("\0\u{5}\u{16}\u{7}\0\u{2}", "macOS"),
        ("version https://git", "text"),
    ])
    func `files of other types are named as such`(head: String, word: String) async throws {
        let report = try await verdict(Array(head.utf8) + Array("and something behind it".utf8))
        #expect(report.rejection == ["image-format"])
        #expect(report.words.contains(word), "\(report.words)")
    }

    @Test func `an empty face is refused`() async throws {
        #expect(try await verdict([]).rejection == ["image-empty"])
    }

    @Test func `faces that are not square, too small or too large are refused before decoding`() async throws {
        #expect(try await verdict(try Pictures.jpeg(width: 600, height: 512)).rejection == ["not-square"])
        let small = try await verdict(try Pictures.jpeg(width: 256, height: 256))
        #expect(small.rejection == ["face-too-small", "sizes-differ"])
        // 60,000 × 60,000 pixels in a few bytes: decoding it would take gigabytes.
        let jpeg = try Pictures.jpeg()
        let header = try #require(Pictures.frameHeader(of: jpeg))
        var bomb = jpeg
        bomb.replaceSubrange(header + 5..<header + 9, with: [0xEA, 0x60, 0xEA, 0x60])
        #expect(try await verdict(bomb).rejection?.contains("face-too-large") == true)
        let png = Pictures.png(width: 1 << 20, height: 1 << 20, rows: 0)
        #expect(try await verdict(png, as: "front.png").rejection?.contains("face-too-large") == true)
        var rules = StationFolder.rules
        rules.maxFace = 500
        rules.minFace = 16
        #expect(try await StationFolder().inspect(rules).rejection == Array(repeating: "face-too-large", count: 6))
    }

    @Test func `faces of different sizes are refused, with the sizes`() async throws {
        let report = try await verdict(try Pictures.jpeg(width: 1024, height: 1024))
        #expect(report.rejection == ["sizes-differ"])
        #expect(report.words.contains("front: 1024; back, left, right, top, bottom: 512"))
    }

    @Test func `a PNG that breaks off or is damaged is refused`() async throws {
        let png = StationMaker().png(.front)
        for length in [8, 30, png.count / 2, png.count - 12, png.count - 1] {
            #expect(try await verdict(Array(png.prefix(length)), as: "front.png").rejection == ["image-truncated"])
        }
        for position in [20, png.count / 2, png.count - 20] {
            var bytes = png
            bytes[position] ^= 1
            let report = try await verdict(bytes, as: "front.png")
            #expect(report.rejection == ["image-damaged"], "\(position) of \(png.count): \(report.words)")
        }
        // No pixel depends on a comment, or on the checksum of the end.
        for position in [60, png.count - 2] {
            var bytes = png
            bytes[position] ^= 1
            #expect(try await verdict(bytes, as: "front.png").capture != nil, "\(position) of \(png.count)")
        }
        // Every checksum is right, but rows are missing, or the coded data are none.
        #expect(try await verdict(Pictures.png(rows: 300), as: "front.png").rejection?.count == 1)
        let hollow =
            Array(Pictures.png().prefix(33)) + Pictures.chunk("IDAT", [1, 2, 3, 4]) + Pictures.chunk("IEND", [])
        #expect(try await verdict(hollow, as: "front.png").rejection == ["image-damaged"])
    }

    @Test(arguments: UInt64(0)..<60) func `no bytes crash the checks`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let isPNG = seed % 3 == 0
        var bytes =
            isPNG
            ? Pictures.png(extra: Pictures.chunk("eXIf", Pictures.tiff(time: "x", offset: "y")))
            : Pictures.withEXIF(
                try Pictures.jpeg(progressive: seed % 2 == 0),
                Pictures.tiff(time: "2026:05:01 11:30:00")
            )
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let near = Int.random(in: 0...1, using: &random) == 0 ? 700 : bytes.count
            bytes[Int.random(in: 2..<near, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if seed % 4 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
        let report = try await verdict(bytes, as: isPNG ? "front.png" : "front.jpg")
        #expect(report.capture != nil || report.rejection?.isEmpty == false)
    }
}
