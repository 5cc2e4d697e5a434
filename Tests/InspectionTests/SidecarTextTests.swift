import Foundation
import Station
import TestSupport
import Testing

@testable import Inspection

/// Reading a sidecar without a station around it.
enum Reader {
    static func read(_ text: String, zone: TimeZone? = nil) -> SidecarReader.Reading {
        read(Array(text.utf8), zone: zone)
    }

    static func read(_ bytes: [UInt8], zone: TimeZone? = nil) -> SidecarReader.Reading {
        SidecarReader.read(bytes, file: "pose.json", zone: zone, now: StationFolder.rules.now())
    }

    /// What is wrong with a good sidecar that has these members, too.
    static func codes(extra: KeyValuePairs<String, String>, zone: TimeZone? = nil) -> [String] {
        read(StationMaker.sidecar(time: nil, extra: extra), zone: zone).problems.map(\.code)
    }
}

extension SidecarReader.Reading {
    var words: String { problems.map(\.message).joined(separator: "\n") }
}

struct SidecarTextTests {
    private static let good = StationMaker.sidecar()

    @Test func `a good sidecar has no problems and no notes`() {
        let reading = Reader.read(Self.good)
        #expect(reading.problems.isEmpty)
        #expect(reading.notes.isEmpty)
        #expect(Reader.read([0xEF, 0xBB, 0xBF] + Array(Self.good.utf8)).sidecar == reading.sidecar)
        #expect(Reader.read(Self.good.replacing("\n", with: "\r\n")).sidecar == reading.sidecar)
    }

    @Test(arguments: [
        ("", "sidecar-empty"), (" \n\t", "sidecar-empty"), ("[]", "sidecar-shape"), ("3", "sidecar-shape"),
        ("{", "sidecar-truncated"), ("{\"a\": tru", "sidecar-truncated"), ("{\"a\": \"b", "sidecar-truncated"),
        ("{\"a\": 1} x", "sidecar-syntax"), ("{\"a\" 1}", "sidecar-syntax"), ("{'a': 1}", "sidecar-syntax"),
        ("{\"a\": 1,}", "sidecar-syntax"), ("{\"a\": [1,]}", "sidecar-syntax"), ("{\"a\": 01}", "sidecar-syntax"),
        ("{\"a\": .5}", "sidecar-syntax"), ("{\"a\": +5}", "sidecar-syntax"), ("{\"a\": 5.}", "sidecar-syntax"),
        ("{\"a\": 0x10}", "sidecar-syntax"), ("{\"a\": True}", "sidecar-syntax"),
        ("{\"a\": 1 // x\n}", "sidecar-syntax"),
        ("{\"a\": \"\t\"}", "sidecar-syntax"), ("{\"a\": \"C:\\Users\"}", "sidecar-syntax"),
        ("{\"a\": \"\\ud800\"}", "sidecar-syntax"), ("{\"a\": \"\\udc00\"}", "sidecar-syntax"),
        ("{\"a\": \"\\ud800\\u0041\"}", "sidecar-syntax"), ("{\"a\": NaN}", "not-a-number"),
        ("{\"a\": -Infinity}", "not-a-number"), ("{\"a\": 1e999}", "not-a-number"), ("{\"a\": -1e999}", "not-a-number"),
    ])
    func `anything but a JSON object is refused, with its position`(text: String, code: String) {
        let reading = Reader.read(text)
        #expect(reading.problems.map(\.code) == [code], "\(reading.words)")
        if code == "sidecar-syntax" || code == "not-a-number" { #expect(reading.words.contains("line ")) }
    }

    @Test func `the position is the line and column of the error`() {
        #expect(Reader.read("{\n  \"ä\": 1,\n  \"b\": ?\n}").words.contains("(line 3, column 8)"))
        #expect(Reader.read("{\"ä\": ?}").words.contains("(line 1, column 7)"))
    }

    @Test func `a decimal comma is reported as one`() {
        #expect(Reader.read("{\"translation\": {\"x\": 12,5}}").words.contains("decimal comma"))
        let text = StationMaker.sidecar(translation: nil, extra: ["translation": #"{"x": "12,5", "y": 0, "z": 0}"#])
        let reading = Reader.read(text)
        #expect(reading.problems.map(\.code) == ["number-in-text"])
        #expect(reading.words.contains("write 12.5 without quotes"))
        let list = Reader.read(StationMaker.sidecar(translation: nil, extra: ["translation": "[12,5, 3, 1]"]))
        #expect(list.words.contains("comma"))
    }

    @Test func `other encodings are named`() {
        for order in [false, true] {
            let units = Self.good.utf16.flatMap { unit -> [UInt8] in
                let (high, low) = (UInt8(unit >> 8), UInt8(unit & 255))
                return order ? [high, low] : [low, high]
            }
            for bytes in [units, (order ? [0xFE, 0xFF] : [0xFF, 0xFE]) + units] {
                let reading = Reader.read(bytes)
                #expect(reading.problems.map(\.code) == ["sidecar-encoding"])
                #expect(reading.words.contains("UTF-16"))
            }
        }
        let latin = Array("{\"label\": \"Br".utf8) + [0xFC] + Array("cke\"}".utf8)
        #expect(Reader.read(latin).problems.map(\.code) == ["sidecar-encoding"])
        #expect(Reader.read([UInt8](repeating: 0, count: 300)).words.contains("zero bytes"))
    }

    @Test func `nesting is bounded`() {
        func nested(_ depth: Int) -> String {
            "{\"x\": " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        #expect(!Reader.read(nested(63)).problems.map(\.code).contains("sidecar-too-deep"))
        for depth in [64, 65, 500_000] {
            #expect(Reader.read(nested(depth)).problems.map(\.code) == ["sidecar-too-deep"])
        }
        let objects = String(repeating: "{\"a\":", count: 100_000)
        #expect(Reader.read(objects).problems.map(\.code) == ["sidecar-too-deep"])
    }

    @Test func `a huge sidecar is refused unread`() async throws {
        let text = StationMaker.sidecar(extra: ["metadata": "{\"a\": \"\(String(repeating: "x", count: 1 << 20))\"}"])
        #expect(try await StationFolder(sidecar: text).inspect().rejection == ["sidecar-too-large"])
    }

    @Test(arguments: [
        #""site_id": "a", "site_id": "a""#, #""site_id": "a", "siteId": "b""#, #""SITE-ID": "a", "site_id": "a""#,
        #""x": {"y": 1, "y": 2}"#, #""translation": {"x": 1, "X": 1, "y": 1, "z": 1}"#,
    ])
    func `a duplicate key is refused, even in another spelling`(members: String) {
        #expect(Reader.read("{\(members)}").problems.map(\.code).contains("key-duplicate"))
    }

    @Test func `keys are matched without regard to case and separators`() {
        let reading = Reader.read(
            #"{"SiteID": "a", "STATION-ID": 12, "Translation_X": 1, "translation-y": 2, "TRANSLATIONZ": 3, "#
                + #""Rotation": {"HEADING": 0}, "time_taken": "2026-05-01T10:00:00Z"}"#
        )
        #expect(reading.problems.isEmpty, "\(reading.words)")
        #expect(reading.notes.isEmpty)
        #expect(reading.sidecar.siteID == "a")
        #expect(reading.sidecar.stationID == "12")
        #expect(reading.sidecar.translation == Vector3(x: 1, y: 2, z: 3))
    }

    @Test func `unknown keys are noted, with what was perhaps meant`() {
        let reading = Reader.read(
            StationMaker.sidecar(
                stationID: nil,
                rotation: #"{"heading": 0, "pich": 1}"#,
                extra: ["staton_id": #""x""#, "weather": #""sunny""#]
            )
        )
        #expect(reading.problems.isEmpty)
        #expect(reading.notes.map(\.code) == ["key-unknown", "key-unknown", "key-unknown"])
        let words = reading.notes.map(\.message).joined(separator: "\n")
        #expect(words.contains("did you mean `station_id`?"))
        #expect(words.contains("did you mean `rotation.pitch`?"))
        #expect(words.contains("`weather` is unknown and was ignored."))
    }

    @Test(arguments: UInt64(0)..<40) func `no bytes crash the reader`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let rich = StationMaker.sidecar(
            rotation: #"{"matrix": [[1,0,0],[0,1,0],[0,0,1]], "frame": "x-forward"}"#,
            extra: [
                "scale": "[1, 1.0e0, 1]", "metadata": #"{"k": "\u00e9\ud83d\ude00\n"}"#, "unit": #""us-ft""#,
                "faces": #"{"front": "a.jpg"}"#, "site": #"{"name": "S"}"#,
            ]
        )
        let original = Array(rich.utf8)
        let pieces = ["{", "}", "[", "]", "\"", ",", ":", "\\u", "\\", "1e", "-", "NaN", "\u{FEFF}", "null"].map {
            Array($0.utf8)
        }
        for _ in 0..<100 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
                case 3: bytes.insert(contentsOf: bytes[at..<min(at + 40, bytes.count)], at: at)
                default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0..<20, using: &random)))
                }
            }
            let reading = Reader.read(bytes)
            // What is taken as it stands has both parts of a pose, or words about them.
            #expect(
                !reading.problems.isEmpty || (reading.sidecar.translation != nil && reading.sidecar.rotation != nil),
                "\(String(decoding: bytes, as: UTF8.self))"
            )
            #expect(
                reading.problems.allSatisfy {
                    !$0.message.contains("\n") && printable($0.message, limit: 9999) == $0.message
                }
            )
        }
    }
}

struct HostileInputTests {
    @Test(.timeLimit(.minutes(15))) func `a mebibyte of mistakes is answered quickly and briefly`() {
        let duplicate = "{" + (0..<100_000).map { _ in #""a":1"# }.joined(separator: ",") + "}"
        let unknown = "{" + (0..<80_000).map { #""a\#($0)":1"# }.joined(separator: ",") + "}"
        let folded =
            "{" + (0..<20).map { "\"a" + String(repeating: "_", count: $0) + "\":1" }.joined(separator: ",") + "}"
        let metadata = #"{"metadata": "# + unknown + "}"
        for text in [duplicate, unknown, folded, metadata] {
            let reading = Reader.read(text)
            #expect(!reading.problems.isEmpty)
            #expect(reading.problems.count <= 40 && reading.notes.count <= 40)
        }
    }

    @Test(.timeLimit(.minutes(15))) func `a folder of a thousand links named like faces is answered briefly`()
        async throws
    {
        let bench = try StationFolder()
        for number in 0..<1000 {
            try FileManager.default.createSymbolicLink(
                atPath: bench.path("\(number)_front.jpg"),
                withDestinationPath: "/etc/passwd"
            )
        }
        let report = try await bench.inspect()
        #expect(report.rejection?.count == 101)
        #expect(report.rejection?.last == "more-problems")
        #expect(report.rejection?.first == "face-ambiguous")
    }
}
