import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Swapped, turned and mirrored faces, told by what meets at the edges.
@Suite(.timeLimit(.minutes(15)))
struct SeamTests {
    private static let drawn = SeamTrial(
        faces: Dictionary(
            uniqueKeysWithValues: Face.allCases.map {
                ($0, Picture(width: 256, height: 256, pixels: StationMaker(edge: 256).pixels($0)))
            }
        )
    )
    /// Real photographs, where they are at hand.
    private static let samples: [URL] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../shared/samples").standardized
        // Without them the tests run on drawn faces alone.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().map { folder.appendingPathComponent($0) }.filter {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("front.jpg").path)
        }
    }()

    @Test func `faces in their places fit`() { #expect(SeamCheck.verdict(of: Self.drawn.faces) == .fit) }

    @Test(arguments: SeamTrial.mistakes)
    func `each single mistake is named, with what fixes it`(remedy: FaceArrangement) {
        #expect(SeamCheck.verdict(of: Self.drawn.files(needing: remedy)) == .wrong(remedy, or: nil), "\(remedy.words)")
    }

    @Test func `the words describe the mistake, and the remedy undoes it`() {
        let swap = FaceArrangement([.left: .init(.right), .right: .init(.left)])
        #expect(swap.words == "left and right look swapped")
        #expect(swap.remedy == "rename right to left, left to right")
        let turn = FaceArrangement([.top: .init(.top, FaceTurn(quarters: 3))])
        #expect(turn.words == "top looks turned by 90° clockwise")
        #expect(turn.remedy == "turn top by 90° counter-clockwise")
        let both = FaceArrangement([.left: .init(.right), .right: .init(.left, FaceTurn(quarters: 1))])
        #expect(both.remedy == "turn left by 90° clockwise; rename right to left, left to right")
        let mirror = FaceArrangement([.back: .init(.back, FaceTurn(isMirrored: true))])
        #expect(mirror.words == "back looks mirrored left to right" && mirror.remedy == "mirror back left to right")
        let ring = FaceArrangement([.front: .init(.right), .right: .init(.back), .back: .init(.front)])
        #expect(ring.words == "right looks like front, back looks like right, front looks like back")
        #expect(ring.remedy == "rename right to front, back to right, front to back")
    }

    @Test func `two explanations that look the same at every seam are both given`() {
        // Front and back, left and right exchanged is the same cube as top and bottom turned about.
        let turned = FaceArrangement([
            .top: .init(.top, FaceTurn(quarters: 2)), .bottom: .init(.bottom, FaceTurn(quarters: 2)),
        ])
        let swapped = FaceArrangement([
            .front: .init(.back), .back: .init(.front), .left: .init(.right), .right: .init(.left),
        ])
        guard case .wrong(let one, let other?) = SeamCheck.verdict(of: Self.drawn.files(needing: swapped)) else {
            Issue.record("not told")
            return
        }
        #expect(Set([one, other]) == [turned, swapped])
    }

    @Test func `pictures that show nothing give no verdict`() {
        func flat(_ grey: (Face) -> UInt8) -> [Face: Picture] {
            Dictionary(
                uniqueKeysWithValues: Face.allCases.map { ($0, Picture(width: 256, height: 256, grey: grey($0))) }
            )
        }
        #expect(SeamCheck.verdict(of: flat { _ in 200 }) == .unclear)
        #expect(SeamCheck.verdict(of: flat { $0 == .top ? 250 : 20 }) == .unclear)
        #expect(SeamCheck.verdict(of: flat { UInt8($0.rawValue.utf8.count * 30) }) == .unclear)
    }

    @Test func `with a face missing or of another size, there is no verdict`() {
        var faces = Self.drawn.faces
        faces[.top] = nil
        #expect(SeamCheck.verdict(of: faces) == .unclear)
        faces[.top] = Picture(width: 32, height: 32, grey: 7)
        #expect(SeamCheck.verdict(of: faces) == .unclear)
    }

    @Test(arguments: [nil, 40] as [Int?])
    func `on photographs no mistake is misnamed, and nearly all are named`(quality: Int?) throws {
        for folder in Self.samples {
            var trial = try SeamTrial(folder: folder)
            if let quality { trial = try trial.reencoded(quality: quality) }
            #expect(SeamCheck.verdict(of: trial.faces) == .fit, "\(folder.lastPathComponent)")
            let outcomes = SeamTrial.mistakes.map(trial.outcome)
            #expect(!outcomes.contains(.misnamed) && !outcomes.contains(.passed), "\(folder.lastPathComponent)")
            #expect(outcomes.count { $0 == .named } >= 50, "\(folder.lastPathComponent)")
        }
    }

    @Test(arguments: PictureVariation.allCases)
    func `a good set is never reported as wrong, whatever happened to its pictures`(variation: PictureVariation) throws
    {
        var random = SeededGenerator(seed: 11)
        let trials = try [Self.drawn] + Self.samples.map { try SeamTrial(folder: $0) }
        for trial in trials {
            let faces = try variation.vary(trial.faces, using: &random)
            if case .wrong(let arrangement, _) = SeamCheck.verdict(of: faces) {
                Issue.record("\(variation): \(arrangement.words)")
            }
            let remedy = try #require(SeamTrial.mistakes.randomElement(using: &random))
            #expect(SeamTrial(faces: faces).outcome(of: remedy) != .misnamed, "\(variation): \(remedy.words)")
        }
    }

    @Test func `the inspection warns, refuses or stays silent as configured`() async throws {
        let bench = try StationFolder()
        let maker = StationMaker()
        try bench.put(maker.jpeg(.left), as: "right.jpg")
        try bench.put(maker.jpeg(.right), as: "left.jpg")
        let warned = try await bench.inspect()
        #expect(warned.notes.map(\.code).contains("seams-wrong"))
        #expect(warned.notes.contains { $0.message.contains("left and right look swapped") })
        guard case .accepted = warned.verdict else { Issue.record("\(warned.verdict)"); return }
        var rules = StationFolder.rules
        rules.seams = .reject
        #expect(try await bench.inspect(rules).rejection == ["seams-wrong"])
        rules.seams = .off
        let silent = try await bench.inspect(rules)
        #expect(silent.seams == nil && !silent.notes.map(\.code).contains("seams-wrong"))
        let good = try await StationFolder().inspect()
        #expect(good.seams == .fit)
        let png = try await StationFolder(.init(fileExtension: "png")).inspect()
        #expect(png.seams == .fit)
    }
}
