import Foundation
import Station
import TestSupport
import Testing

@testable import Inspection

struct SidecarStatementTests {
    @Test(arguments: [
        ("m", 1), ("mm", 0.001), ("cm", 0.01), ("ft", 0.3048), ("us-ft", 1200.0 / 3937), ("US_FT", 1200.0 / 3937),
    ])
    func `every unit of length is known, inside and beside the translation`(unit: String, metres: Double) {
        let texts = [
            StationMaker.sidecar(
                translation: nil,
                extra: ["translation": #"{"x":10,"y":-20,"z":0,"unit":"\#(unit)"}"#]
            ),
            StationMaker.sidecar(translation: nil, extra: ["translation": "[10,-20,0]", "unit": "\"\(unit)\""]),
            StationMaker.sidecar(
                translation: nil,
                extra: ["translationX": "10", "translationY": "-20", "translationZ": "0", "unit": "\"\(unit)\""]
            ),
        ]
        for text in texts {
            let reading = Reader.read(text)
            #expect(reading.sidecar.translation == Vector3(x: 10 * metres, y: -20 * metres, z: 0), "\(reading.words)")
            #expect(reading.notes.isEmpty)
        }
    }

    @Test(arguments: [
        (#""translation": [1, 2]"#, "translation-missing"),
        (#""translation": {"x": 1, "y": 2}"#, "translation-missing"),
        (#""translationX": 1, "translationY": 2"#, "translation-missing"),
        (#""translation": null"#, "translation-missing"),
        (#""translation": "1 2 3""#, "value-invalid"), (#""translation": [1, 2, null]"#, "value-invalid"),
        (#""translation": [1, 2, "3"]"#, "number-in-text"),
        (#""translation": {"x": "a", "y": 2, "z": 3}"#, "value-invalid"),
        (#""translation": [1, 2, 3], "translationX": 1, "translationY": 2, "translationZ": 3"#, "given-twice"),
        (#""translation": [1, 2, 3], "unit": "yards""#, "unit-unknown"),
        (#""translation": [1, 2, 3], "unit": "degrees""#, "unit-unknown"),
        (#""translation": {"x": 1, "y": 2, "z": 3, "unit": "m"}, "unit": "mm""#, "given-twice"),
    ])
    func `a translation that cannot be read is refused`(members: String, code: String) {
        let reading = Reader.read(#"{"rotation": {"heading": 0}, \#(members)}"#)
        #expect(reading.problems.map(\.code) == [code], "\(reading.words)")
        #expect(reading.sidecar.translation == nil || code == "given-twice")
    }

    @Test func `a translation over ten kilometres is refused, with advice`() async throws {
        let far = try await StationFolder(.init(translation: Vector3(x: 6000, y: 8000.01, z: 0))).inspect()
        #expect(far.rejection == ["translation-too-far"])
        #expect(far.words.contains("`offset`"))
        #expect(try await StationFolder(.init(translation: Vector3(x: 6000, y: 8000, z: 0))).inspect().capture != nil)
    }

    @Test(arguments: [
        (#""2026-13-01T10:00:00Z""#, "time-invalid"), (#""01.05.2026 10:00""#, "time-invalid"),
        ("1777629600", "value-invalid"),
        (#""2026-05-01T10:00:00""#, "time-zone-missing"), (#""1999-12-31T23:59:59Z""#, "time-implausible"),
        (#""2026-06-02T00:00:01Z""#, "time-implausible"),
    ])
    func `a time that cannot be is refused`(time: String, code: String) {
        let reading = Reader.read(StationMaker.sidecar(time: nil, extra: ["timeTaken": time]))
        #expect(reading.problems.map(\.code) == [code], "\(reading.words)")
    }

    @Test func `a time without zone is taken in the configured one`() {
        let text = StationMaker.sidecar(time: "2026-05-01T11:30:00")
        let reading = Reader.read(text, zone: TimeZone(identifier: "Europe/Oslo"))
        #expect(reading.sidecar.time?.compact == "20260501T093000Z")
        #expect(Reader.read(StationMaker.sidecar(time: "2026-06-02T00:00:00Z")).problems.isEmpty)
        #expect(Reader.read(StationMaker.sidecar(time: "2000-01-01T00:00:00Z")).problems.isEmpty)
    }

    @Test func `scales other than one are passed on and noted, zero is refused`() {
        for scale in [#"{"x": 2, "y": 1, "z": 1}"#, "[2, 1, 1]"] {
            let reading = Reader.read(StationMaker.sidecar(extra: ["scale": scale]))
            #expect(reading.sidecar.scale == Vector3(x: 2, y: 1, z: 1))
            #expect(reading.notes.map(\.code) == ["scale-ignored"])
        }
        #expect(Reader.read(StationMaker.sidecar(extra: ["scaleX": "2"])).sidecar.scale == Vector3(x: 2, y: 1, z: 1))
        #expect(Reader.codes(extra: ["scale": "[1, 0, 1]"]) == ["scale-invalid"])
        #expect(Reader.codes(extra: ["scale": "2"]) == ["scale-invalid"])
        #expect(Reader.codes(extra: ["scale": "[1, 1e39, 1]"]) == ["scale-invalid"])
        #expect(Reader.codes(extra: ["scale": "[1, 1, -1e-60]"]) == ["scale-invalid"])
        #expect(Reader.codes(extra: ["scale": "[1, 1, 1]", "scaleX": "1"]) == ["given-twice"])
    }

    @Test func `ids and labels are cleaned or refused`() {
        func reading(_ id: String) -> SidecarReader.Reading { Reader.read(StationMaker.sidecar(siteID: id)) }
        #expect(reading("  e\u{301}t\u{e9} ").sidecar.siteID == "\u{e9}t\u{e9}")
        #expect(reading("e\u{301}").sidecar.siteID?.unicodeScalars.count == 1)
        #expect(reading("a/b c:d").problems.isEmpty)
        for bad in ["", "   ", "a\u{0}b", "a\n", "a\u{1B}[31m", "a\u{202E}b", "a\u{2028}b", "a\u{FEFF}", "a\u{85}"] {
            #expect(reading(bad).problems.map(\.code) == ["id-invalid"], "\(printable(bad))")
        }
        #expect(reading(String(repeating: "ä", count: 512)).problems.isEmpty)
        #expect(reading(String(repeating: "ä", count: 513)).problems.map(\.code) == ["id-too-long"])
        for key in ["site_name", "station_name", "label", "collection_label"] {
            #expect(Reader.codes(extra: [key: #""a\u0007b""#]) == ["id-invalid"])
            #expect(Reader.codes(extra: [key: "[]"]) == ["value-invalid"])
            #expect(Reader.codes(extra: [key: "17"]).isEmpty)
            #expect(Reader.codes(extra: [key: "1.5"]) == ["value-invalid"])
        }
    }

    @Test func `the station's identity may be grouped`() {
        let text = StationMaker.sidecar(
            siteID: nil,
            stationID: nil,
            extra: [
                "site": #"{"id": "s", "name": "S"}"#, "station": #"{"id": 7, "name": "Seven", "label": "L"}"#,
                "collection": #"{"label": "C"}"#,
            ]
        )
        let reading = Reader.read(text)
        #expect(reading.problems.isEmpty && reading.notes.isEmpty)
        let sidecar = reading.sidecar
        #expect(
            [sidecar.siteID, sidecar.siteName, sidecar.stationID, sidecar.stationName] == ["s", "S", "7", "Seven"]
        )
        #expect([sidecar.label, sidecar.collectionLabel] == ["L", "C"])
        #expect(Reader.codes(extra: ["station": #"{"id": "other"}"#]) == ["given-twice"])
    }

    @Test func `a folder's name that cannot be an id is refused`() async throws {
        let text = StationMaker.sidecar(siteID: nil, stationID: nil)
        let bench = try StationFolder(.init(sidecar: .text(text)), station: "si\u{7}te/\u{202E}x")
        let report = try await bench.inspect()
        #expect(report.rejection?.contains("id-invalid") == true)
        #expect(report.words.contains("rename the folder"))
        #expect(!report.words.contains("\u{7}"))
    }

    @Test func `metadata are strings under keys of their own`() {
        func codes(_ metadata: String) -> [String] { Reader.codes(extra: ["metadata": metadata]) }
        #expect(codes(#"{"a_b": "1", "ab": "2", "text": "two\nlines"}"#).isEmpty)
        #expect(codes(#"{"n": 1}"#) == ["metadata-invalid"])
        #expect(codes(#"{"n": null, "m": {"x": "y"}}"#) == ["metadata-invalid", "metadata-invalid"])
        for key in MetadataReader.ownKeys { #expect(codes("{\"\(key)\": \"x\"}") == ["metadata-invalid"]) }
        #expect(MetadataReader.ownKeys.count == 8)
        #expect(codes(#"{"": "x"}"#) == ["metadata-invalid"])
        #expect(codes(#"{"a": "\u0000"}"#) == ["metadata-invalid"])
        #expect(codes("[]") == ["metadata-invalid"])
        #expect(codes(#"{"a": "1", "a": "2"}"#) == ["key-duplicate"])
    }

    @Test func `metadata over CDF's limits are refused`() async throws {
        func rejection(_ metadata: [String: String]) async throws -> [String]? {
            let json = metadata.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ",")
            return try await StationFolder(sidecar: StationMaker.sidecar(extra: ["metadata": "{\(json)}"])).inspect()
                .rejection
        }
        func many(_ count: Int) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("k\($0)", "v") })
        }
        #expect(try await rejection(many(248)) == nil)
        #expect(try await rejection(many(249)) == ["metadata-too-large"])
        #expect(try await rejection([String(repeating: "k", count: 128): "v"]) == nil)
        #expect(try await rejection([String(repeating: "k", count: 129): "v"]) == ["metadata-too-large"])
        #expect(try await rejection(["k": String(repeating: "v", count: 9000)]) == nil)
        #expect(try await rejection(["k": String(repeating: "v", count: 10239)]) == ["metadata-too-large"])
    }

    @Test func `a map of faces names six different files, and presets are known`() {
        func reading(_ faces: String) -> SidecarReader.Reading {
            Reader.read(StationMaker.sidecar(extra: ["faces": faces]))
        }
        #expect(reading(#""Matterport-Skybox""#).sidecar.faces == .preset(.matterportSkybox))
        let unknown = reading(#""matterport""#)
        #expect(unknown.problems.map(\.code) == ["faces-preset"])
        #expect(unknown.words.contains("the presets are krpano, pano2vr, py360convert, matterport-skybox"))
        func map(_ front: String) -> String {
            #"{"front": \#(front), "back": "1", "left": "2", "right": "3", "top": "4", "bottom": "5"}"#
        }
        guard case .map(let files) = reading(map(#""0""#)).sidecar.faces else {
            Issue.record("no map")
            return
        }
        #expect(files[.bottom] == "5")
        for bad in [#""1""#, #""""#, #""../x""#, #""..""#, #""a\u0000""#] {
            #expect(reading(map(bad)).problems.map(\.code) == ["faces-invalid"])
        }
        #expect(reading(map("0")).problems.map(\.code) == ["value-invalid"])
        #expect(reading(#"{"front": "0"}"#).words.contains("back, left, right, top, bottom"))
        #expect(reading("[1]").problems.map(\.code) == ["faces-invalid"])
    }

    @Test func `files of the map that are not there are waited for, and foreign ones refused`() async throws {
        let json =
            #"{"front": "x.jpg", "back": "back.jpg", "left": "left.jpg", "right": "right.jpg", "top": "top.jpg", "#
            + #""bottom": "bottom.jpg"}"#
        let waiting = try await StationFolder(sidecar: StationMaker.sidecar(extra: ["faces": json])).inspect()
        #expect(waiting.waiting == ["face-missing"])
        #expect(waiting.words.contains("x.jpg (front)"))
        let foreign = StationMaker.sidecar(extra: ["faces": json.replacing("x.jpg", with: "x.webp")])
        #expect(try await StationFolder(sidecar: foreign).inspect().rejection == ["image-format"])
    }
}
