import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// One picture for two faces.
@Suite(.timeLimit(.minutes(15)))
struct RepeatedFaceTests {
    private func verdict(_ files: [(name: String, bytes: [UInt8])]) async throws -> InspectionReport {
        let bench = try StationFolder()
        for (name, bytes) in files {
            let stem = name.prefix { $0 != "." }
            for ending in ["jpg", "png"] where FileManager.default.fileExists(atPath: bench.path("\(stem).\(ending)")) {
                try bench.remove("\(stem).\(ending)")
            }
            try bench.put(bytes, as: name)
        }
        return try await bench.inspect()
    }

    private let front = StationMaker().pixels(.front)

    @Test func `the same bytes for two faces are refused, and both are named`() async throws {
        let bytes = try StationMaker().jpeg(.front)
        let report = try await verdict([("front.jpg", bytes), ("left.jpg", bytes)])
        #expect(report.rejection == ["face-repeated"])
        #expect(report.words.contains("front.jpg and left.jpg show the same picture"), "\(report.words)")
        // No word of seams, which can only mislead then.
        #expect(report.seams == nil)
    }

    @Test(arguments: [95, 60, 45])
    func `the same picture encoded again is refused as well`(quality: Int) async throws {
        let again = try JPEGEncoding.encode(rgb: front, width: 512, height: 512, quality: quality)
        #expect(try await verdict([("back.jpg", again)]).rejection == ["face-repeated"])
        let brighter = front.map { UInt8(min(255, Int($0) + 3)) }
        #expect(
            try await verdict([("back.png", StationMaker.png(rgb: brighter, edge: 512))]).rejection == ["face-repeated"]
        )
    }

    @Test func `three copies are one problem, two pairs are two`() async throws {
        let (front, top) = (try StationMaker().jpeg(.front, seed: 1), try StationMaker().jpeg(.top, seed: 2))
        let three = try await verdict([("left.jpg", front), ("right.jpg", front)])
        #expect(three.rejection == ["face-repeated"])
        #expect(three.words.contains("front.jpg, left.jpg and right.jpg"))
        let pairs = try await verdict([("left.jpg", front), ("bottom.jpg", top)])
        #expect(pairs.rejection == ["face-repeated", "face-repeated"])
    }

    @Test func `white walls, night and covered poles may look alike`() async throws {
        let wall = try JPEGEncoding.encode(
            rgb: [UInt8](repeating: 235, count: 512 * 512 * 3),
            width: 512,
            height: 512,
            quality: 90
        )
        #expect(try await verdict([("top.jpg", wall), ("bottom.jpg", wall)]).capture != nil)
        var random = SeededGenerator(seed: 5)
        let night = try ["left", "right"].map { face in
            let rgb = (0..<512 * 512 * 3).map { _ in UInt8.random(in: 0...20, using: &random) }
            return ("\(face).jpg", try JPEGEncoding.encode(rgb: rgb, width: 512, height: 512, quality: 90))
        }
        #expect(try await verdict(night).capture != nil)
    }

    @Test func `two views in fog that share sky and ground are two pictures`() async throws {
        var random = SeededGenerator(seed: 9)
        let views = try ["left", "right"].map { face in
            // From bright above to dark below, with grain and a few faint things of its own.
            let things = (0..<30).map { _ in
                (
                    Int.random(in: 0..<460, using: &random), Int.random(in: 0..<460, using: &random),
                    Int.random(in: -12...12, using: &random)
                )
            }
            var grey = (0..<512 * 512).map { 200 - $0 / 512 / 5 }
            for (left, top, step) in things {
                for y in top..<top + 50 { for x in left..<left + 50 { grey[y * 512 + x] += step } }
            }
            let rgb = grey.flatMap { value in
                [UInt8](repeating: UInt8(min(255, max(0, value + Int.random(in: -4...4, using: &random)))), count: 3)
            }
            return ("\(face).jpg", try JPEGEncoding.encode(rgb: rgb, width: 512, height: 512, quality: 85))
        }
        #expect(try await verdict(views).rejection == nil)
    }
}
