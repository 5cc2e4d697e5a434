import DropFolder
import Inspection
import Station
import TestSupport
import Testing

struct ContactSheetTests {
    private func sheet(_ bench: StationFolder) async throws -> Picture {
        let report = try await bench.inspect()
        let file = try #require(ContactSheet.png(of: [.init(root: bench.inbox.path, report: report)]))
        return try Picture.decode(file)
    }

    private func colour(_ picture: Picture, _ x: Int, _ y: Int) -> [UInt8] {
        Array(picture.pixels[((y * picture.width + x) * 3)..<((y * picture.width + x) * 3 + 3)])
    }

    private static let green: [UInt8] = [60, 200, 90]
    private static let red: [UInt8] = [240, 60, 50]

    @Test func `matching seams are green, and the faces are in their places`() async throws {
        let picture = try await sheet(StationFolder())
        #expect(picture.width == 960 && picture.height == 64 + 720)
        // Between top and front, and between front and right.
        #expect(colour(picture, 360, 64 + 240 + 2) == Self.green)
        #expect(colour(picture, 479, 64 + 360) == Self.green)
        let front = StationMaker().pixels(.front)
        let shown = colour(picture, 240 + 120, 64 + 240 + 120).map(Int.init)
        let meant = (0..<3).map { Int(front[(256 * 512 + 256) * 3 + $0]) }
        #expect(zip(shown, meant).allSatisfy { abs($0 - $1) < 24 }, "\(shown) \(meant)")
    }

    @Test func `mismatched seams are red`() async throws {
        let bench = try StationFolder()
        try bench.put(StationMaker().jpeg(.left), as: "right.jpg")
        try bench.put(StationMaker().jpeg(.right), as: "left.jpg")
        let picture = try await sheet(bench)
        #expect(colour(picture, 479, 64 + 360) == Self.red)
        #expect(colour(picture, 360, 64 + 240 + 2) == Self.green)
    }

    @Test func `a face that is missing or does not decode leaves its place grey`() async throws {
        let bench = try StationFolder(.init(skipping: [.top]))
        try bench.put([1, 2, 3], as: "left.jpg")
        let picture = try await sheet(bench)
        #expect(colour(picture, 360, 64 + 120) == [120, 120, 120])
        #expect(colour(picture, 120, 64 + 360) == [120, 120, 120])
        #expect(ContactSheet.png(of: []) == nil)
    }
}
