import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Pictures that are twice as wide as high and show no whole sphere.
struct NotASphereTests {
    private var rules: InspectionRules {
        var rules = StationFolder.rules
        rules.minFace = 256
        rules.equirect = .convert(nil)
        return rules
    }

    /// 1024 × 512 pixels: bands from pole to pole that wave around the horizon, so that each pole is of one colour.
    private static func panorama(
        _ paint: (_ x: Int, _ y: Int) -> UInt8 = { x, y in
            UInt8(128 + 90 * sin(Double(x) * .pi / 128) * sin(Double(y) * .pi / 511))
        }
    ) throws -> [UInt8] {
        var rgb: [UInt8] = []
        for y in 0..<512 { for x in 0..<1024 { rgb += [UInt8](repeating: paint(x, y), count: 3) } }
        return try JPEGEncoding.encode(rgb: rgb, width: 1024, height: 512, quality: 90)
    }

    private func verdict(_ bytes: [UInt8], xmp: String? = nil) async throws -> InspectionReport {
        let bench = try StationFolder(.init(skipping: Set(Face.allCases)))
        var bytes = bytes
        if let xmp {
            let data = Array("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:Description \(xmp)</x:xmpmeta>".utf8)
            bytes.insert(contentsOf: [0xFF, 0xE1] + Pictures.big(data.count + 2, 2) + data, at: 2)
        }
        try bench.put(bytes, as: "R0010023.JPG")
        return try await bench.inspect(rules)
    }

    @Test(arguments: [
        "GPano:ProjectionType=\"equirectangular\" GPano:FullPanoWidthPixels=\"4096\" GPano:CroppedAreaImageWidthPixels=\"4096\"/>",
        "GPano:CroppedAreaLeftPixels='0' GPano:CroppedAreaTopPixels='0'/>",
        "><GPano:ProjectionType>Equirectangular</GPano:ProjectionType></rdf:Description>", "tiff:Make=\"RICOH\"/>",
    ])
    func `a panorama with metadata of a whole sphere, or without any, is rendered`(xmp: String) async throws {
        let report = try await verdict(try Self.panorama(), xmp: xmp)
        #expect(report.capture != nil, "\(report.words)")
    }

    @Test(arguments: [
        ("GPano:ProjectionType=\"cylindrical\"/>", "cylindrical"), ("GPano:ProjectionType = 'fisheye'/>", "fisheye"),
        ("><GPano:ProjectionType>\n cubemap </GPano:ProjectionType></rdf:Description>", "cubemap"),
        (
            "GPano:FullPanoWidthPixels=\"8192\" GPano:FullPanoHeightPixels=\"4096\" GPano:CroppedAreaImageWidthPixels=\"6000\" "
                + "GPano:CroppedAreaImageHeightPixels=\"3000\"/>", "6000 × 3000 pixels of a sphere of 8192 × 4096"
        ), ("GPano:CroppedAreaTopPixels=\"512\"/>", "according to its metadata"),
        (
            "><g:FullPanoWidthPixels>8192.0</g:FullPanoWidthPixels><g:CroppedAreaImageWidthPixels>4096</g:CroppedAreaImageWidthPixels>",
            "according to its metadata"
        ),
    ])
    func `metadata that say otherwise are believed`(xmp: String, words: String) async throws {
        let report = try await verdict(try Self.panorama(), xmp: xmp)
        #expect(report.rejection == ["panorama-partial"])
        #expect(report.words.contains(words), "\(report.words)")
    }

    @Test func `two fisheye circles side by side are not a sphere`() async throws {
        let bytes = try Self.panorama { x, y in
            let (dx, dy) = (Double(x % 512) - 255.5, Double(y) - 255.5)
            return (dx * dx + dy * dy).squareRoot() < 262 ? UInt8(150 + 60 * sin(Double(x + y) / 20)) : 2
        }
        let report = try await verdict(bytes)
        #expect(report.rejection == ["panorama-partial"])
        #expect(report.words.contains("two fisheye circles"), "\(report.words)")
    }

    @Test func `an image with a pole of several colours is not a sphere`() async throws {
        for row in [0, 511] {
            let bytes = try Self.panorama { x, y in abs(y - row) < 8 ? (x < 300 ? 230 : 40) : 128 }
            let report = try await verdict(bytes)
            #expect(report.rejection == ["panorama-partial"])
            #expect(report.words.contains(row == 0 ? "top row" : "bottom row"))
        }
    }

    @Test func `an image whose pole has grain, a patch or a bit of a lamp is one`() async throws {
        var random = SeededGenerator(seed: 1)
        let bytes = try Self.panorama { x, y in
            UInt8(Int.random(in: 90...150, using: &random) + (y < 4 && x < 60 ? 50 : 0)) * (y > 500 ? 0 : 1)
        }
        let report = try await verdict(bytes)
        #expect(report.capture != nil, "\(report.words)")
    }
}
