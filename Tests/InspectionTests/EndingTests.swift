import DropFolder
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Files whose names are right but for the ending, and files that are not here yet.
struct EndingTests {
    private static let stranger = [
        "jfif", "JFIF", "jpe", "jif", "jpeg_", "jpg_", "jpg.txt", "jpg.", "jpg~1", "jpg?dl=1", "jpeg.bin", "pjpeg",
    ]

    private func bench(_ ending: String, naming: StationMaker.Naming = .words, sidecar: Bool = true) throws
        -> StationFolder
    {
        let bench = try StationFolder()
        for face in Face.allCases { try bench.remove("\(face).jpg") }
        for face in Face.allCases {
            try bench.put(try StationMaker().jpeg(face), as: naming.stem(of: face) + "." + ending)
        }
        if !sidecar { try bench.remove("pose.json") }
        return bench
    }

    @Test(arguments: stranger) func `a folder of such files is a station, and the right name of each is reported`(
        ending: String
    )
        async throws
    {
        let bench = try bench(ending)
        let report = try await bench.inspect()
        #expect(report.rejection == Array(repeating: "mis-named", count: 6), "\(report.words)")
        #expect(report.words.contains("rename it to left.j"), "\(report.words)")
        // Without a pose, with a list to come, it is seen as well.
        #expect(try self.bench(ending, sidecar: false).snapshot().isStation)
    }

    @Test func `letters and panoramas with such extensions are recognised, too`() async throws {
        let letters = try bench("jfif", naming: .letters, sidecar: false)
        #expect(try letters.snapshot().isStation)
        try letters.put(Array(StationMaker.sidecar().utf8), as: "pose.json")
        #expect(try await letters.inspect().rejection == Array(repeating: "mis-named", count: 6))
        let panorama = try StationFolder(.init(skipping: Set(Face.allCases)))
        try panorama.put(try Pictures.jpeg(width: 2048, height: 1024), as: "R0010023.jpe")
        let report = try await panorama.inspect()
        #expect(report.rejection == ["mis-named"] && report.words.contains("R0010023.jpg"), "\(report.words)")
    }

    @Test func `one of six is reported alone, and ignored next to the right file`() async throws {
        let bench = try StationFolder(.init(skipping: [.top]))
        try bench.put(try StationMaker().jpeg(.top), as: "top.jfif")
        #expect(try await bench.inspect().rejection == ["mis-named"])
        try bench.put(try StationMaker().jpeg(.top), as: "top.jpg")
        let report = try await bench.inspect()
        #expect(report.capture != nil && report.notes.contains { $0.message.contains("top.jfif") })
    }

    @Test func `a picture with a wrong extension and no face's name is not taken for a missing face`() async throws {
        let bench = try StationFolder(.init(skipping: [.right]))
        try bench.put(try StationMaker().jpeg(.top), as: "overview.jfif")
        let report = try await bench.inspect()
        guard case .incomplete(let problems) = report.verdict else {
            Issue.record("\(report.words)")
            return
        }
        #expect(problems.map(\.code) == ["face-missing"])
        #expect(
            problems[0].message.contains("The face right is missing") && problems[0].message.contains("overview.jfif")
        )
    }

    @Test func `of two extensions, only the last counts`() async throws {
        let bench = try StationFolder(.init(skipping: [.front]))
        try bench.put(try StationMaker().jpeg(.front), as: "front.jpg.jpg")
        #expect(try await bench.inspect().capture?.faces[.front]?.fileName == "front.jpg.jpg")
    }

    @Test(arguments: ["pose.json.txt", "pose.json_", "station.json.txt", "Pose.JSON.TXT", "pose.jsn"])
    func `a sidecar with a wrong extension is reported with its right name`(name: String) async throws {
        let bench = try StationFolder(.init(sidecar: .none))
        try bench.put(Array(StationMaker.sidecar().utf8), as: name)
        let report = try await bench.inspect()
        #expect(report.rejection == ["mis-named"])
        #expect(
            report.words.lowercased().contains("rename it to \(name.lowercased().prefix { $0 != "." }).json"),
            "\(report.words)"
        )
        for face in Face.allCases { try bench.remove("\(face).jpg") }
        #expect(try bench.snapshot().isStation)
    }

    @Test(arguments: [
        "notes.txt", "front.txt", "poses.txt", "front.webp", "front", "left.raw", ".jpg", "jpg", "x.tar.gz", "a.docx",
    ])
    func `other files are not renamed`(name: String) { #expect(FaceNaming.intendedName(of: name) == nil) }

    @Test func `several stations in one folder are refused, with the advice to separate them`() async throws {
        let bench = try StationFolder(.init(skipping: Set(Face.allCases)))
        for prefix in ["pano1_", "pano2_"] {
            for face in Face.allCases {
                try bench.put(
                    try StationMaker().jpeg(face),
                    as: prefix + StationMaker.Naming.letters.stem(of: face) + ".jpg"
                )
            }
        }
        let report = try await bench.inspect()
        #expect(report.rejection == ["face-ambiguous"])
        #expect(
            report.words.contains(
                "Two sets of faces are in this folder (pano1_ and pano2_): put each station into a separate folder"
            )
        )
        for face in Face.allCases { try bench.put(try StationMaker().jpeg(face), as: "scan 7 \(face).jpg") }
        // Words count before letters.
        #expect(try await bench.inspect().capture?.faces[.front]?.fileName == "scan 7 front.jpg")
        for face in Face.allCases { try bench.put(try StationMaker().jpeg(face), as: "\(face).jpg") }
        let plain = try await bench.inspect()
        #expect(plain.rejection == ["face-ambiguous"] && plain.words.contains("without prefix"), "\(plain.words)")
    }

    @Test(arguments: [
        ".front.jpg.icloud", "front.jpg.nextcloud", "front.jpg.owncloud", "front.jpg.rsls", "front.jpg.cloud",
        "front.jpg.crdownload",
    ])
    func `a placeholder is to be downloaded, not removed`(name: String) async throws {
        let bench = try StationFolder(.init(skipping: [.front]))
        try bench.put([], as: name)
        let report = try await bench.inspect()
        #expect(report.waiting == ["not-downloaded", "face-missing"])
        #expect(report.words.contains("download it") && !report.words.contains("remove"), "\(report.words)")
        // A folder that holds nothing else is seen all the same.
        for face in Face.allCases where face != .front { try bench.remove("\(face).jpg") }
        try bench.remove("pose.json")
        #expect(try bench.snapshot().isStation)
    }

    @Test func `an empty picture may be a placeholder`() async throws {
        let bench = try StationFolder(.init(skipping: [.front]))
        try bench.put([], as: "front.jpg")
        #expect(try await bench.inspect().words.contains("download the file itself first"))
    }
}
