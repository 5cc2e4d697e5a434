import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

struct ModelTests {
    /// The station of the contract's canonical bodies.
    private static func contractCapture() -> Capture {
        let digest = FileDigest(rawValue: String(repeating: "0", count: 64))
        let image = FaceImage(fileName: "front.jpg", size: 1, digest: digest, format: .jpeg, edge: 2048)
        let content = ContentDigest(rawValue: digest.rawValue)
        var ids = ExternalIDs(prefix: "", siteID: "a", stationID: "b", time: nil, digest: content)
        (ids.collection, ids.station, ids.image) = ("coll_a03", "st_0012", "img_0012_20240501")
        return Capture(
            siteID: "site-a03",
            siteName: "Area 03",
            stationID: "s0012",
            stationName: "Area 03 - 0012",
            label: "Area 03 - 0012",
            collectionLabel: "Norway Site S01 Area 03",
            pose: Pose(
                translation: Vector3(x: 12.5, y: -3.25, z: 1.6),
                eulerRotation: EulerAngles(x: 0, y: 0, z: 1.570_796_326_794_896_6)
            ),
            scale: Vector3(x: 1, y: 1, z: 1),
            time: CaptureTime(milliseconds: 1_714_557_600_000),
            faces: Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, image) }),
            metadata: [:],
            digest: content,
            ids: ids
        )
    }

    private static let model = LegacyModel(space: "plant_360")

    private static func json(_ value: some Encodable) throws -> NSDictionary {
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
        return try #require(object as? NSDictionary)
    }

    private static let payloads = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared/contract/payloads").standardizedFileURL.path

    /// A canonical body.
    ///
    /// Its file ids are of another template than ours, which is image id and face.
    private static func payload(_ name: String) throws -> NSDictionary {
        let text = try String(contentsOfFile: payloads + "/" + name, encoding: .utf8)
            .replacingOccurrences(of: "site-a03/s0012/2024-05-01/", with: "img_0012_20240501/")
        let whole = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return try #require(whole?["body"] as? NSDictionary)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: payloads)))
    func `collection and station are written as the contract has them`() throws {
        let capture = Self.contractCapture()
        let layers = Self.model.layers(of: [capture])
        #expect(layers.map(\.isPlaces) == [true, false])
        let body = ApplyBody(layers[0].nodes)
        #expect(try Self.json(body) == Self.payload("legacy_collection_station.json"))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: payloads)))
    func `an image is written as the contract has it`() throws {
        let layers = Self.model.layers(of: [Self.contractCapture()])
        let body = ApplyBody(try #require(layers.last).nodes)
        #expect(try Self.json(body) == Self.payload("legacy_image.json"))
    }

    @Test func `an image carries six files, two relations and its pose, and no time where there is none`() throws {
        var capture = Self.contractCapture()
        capture.time = nil
        let body = try JSONEncoder().encode(ApplyBody([Self.model.imageNode(of: capture)]))
        let text = String(decoding: body, as: UTF8.self)
        #expect(!text.contains("timeTaken"))
        for flag in ["autoCreateDirectRelations", "autoCreateStartNodes", "autoCreateEndNodes", "replace"] {
            #expect(text.contains("\"\(flag)\":false"))
        }
        for face in ["Front", "Back", "Left", "Right", "Top", "Bottom"] {
            #expect(text.contains("\"cubeMap\(face)\":"))
        }
        #expect(text.contains(#""translationY":-3.25"#))
    }

    @Test func `a file's metadata are strings all, with the guide's seven keys over the sidecar's own`() throws {
        var capture = Self.contractCapture()
        capture.metadata = ["operator": "A. Crew", "face": "wrong"]
        let image = try #require(capture.faces[.top])
        let description = Self.model.file(.top, image, of: capture, dataSetID: 123)
        #expect(description.reference == .externalID("img_0012_20240501/top"))
        #expect(description.node == nil)
        let json = try Self.json(description.creation().body)
        #expect(
            json["metadata"] as? [String: String] == [
                "site_id": "site-a03", "site_name": "Area 03", "station_id": "s0012", "station_name": "Area 03 - 0012",
                "image_type": "cubemap", "image_resolution": "2048", "face": "top", "operator": "A. Crew",
                "sha256": String(repeating: "0", count: 64),
            ]
        )
        #expect(json["name"] as? String == "s0012_top.jpg")
        #expect(json["directory"] as? String == "/360/site-a03")
        #expect(json["mimeType"] as? String == "image/jpeg")
        #expect(json["source"] as? String == "drop360")
        #expect(json["dataSetId"] as? Int == 123)
        #expect(json["sourceCreatedTime"] as? Int == 1_714_557_600_000)
        #expect(json["externalId"] as? String == "img_0012_20240501/top")
    }

    @Test(arguments: ["x", "ü", "e\u{301}", "👩‍👩‍👧‍👦", "🇳🇴", "/"])
    func `names and folders of any text keep CDF's limits`(character: String) throws {
        var capture = Self.contractCapture()
        capture.siteID = String(repeating: character, count: 1024 / character.utf8.count)
        capture.stationID = capture.siteID
        let image = try #require(capture.faces[.bottom])
        guard case .entry(let described) = Self.model.file(.bottom, image, of: capture, dataSetID: nil) else {
            Issue.record("no entry of the file service")
            return
        }
        #expect(described.name.utf16.count <= 256)
        #expect(described.name.hasSuffix("_bottom.jpg"))
        #expect(!described.name.contains("/"))
        let directory = try #require(described.directory)
        #expect(directory.utf16.count <= 512)
        #expect(directory.hasPrefix("/360/") && !directory.dropFirst(5).contains("/"))
    }
}

struct MismatchTests {
    private static let model = LegacyModel(space: "plant_360")

    /// The views as a project has them where all is well.
    private static func fitting() -> [ViewDefinition] {
        func view(_ reference: ViewReference, _ types: [String: String]) -> ViewDefinition {
            ViewDefinition(
                space: reference.space,
                externalId: reference.externalId,
                version: reference.version,
                properties: types.mapValues { .init(type: .init(type: $0), nullable: true) }
            )
        }
        var image = ["label": "text", "collection360": "direct", "station": "direct", "timeTaken": "timestamp"]
        for axis in ["X", "Y", "Z"] {
            image["translation\(axis)"] = "float64"
            image["eulerRotation\(axis)"] = "float64"
            image["scale\(axis)"] = "float32"
        }
        for face in Face.allCases { image["cubeMap" + face.rawValue.capitalized] = "file" }
        return [
            view(LegacyModel.collection, ["label": "text"]), view(LegacyModel.station, ["label": "text"]),
            view(LegacyModel.image, image),
        ]
    }

    @Test func `the views of the contract fit`() {
        #expect(Self.model.mismatches(in: Self.fitting()).isEmpty)
    }

    @Test func `the views of the sandbox fit`() async throws {
        try await Bench.sandbox { bench async throws in
            let views = try await bench.client.views(Self.model.views)
            #expect(views.count == 3)
            #expect(Self.model.mismatches(in: views).isEmpty)
        }
    }

    @Test func `every missing view is named`() {
        for index in 0..<3 {
            var views = Self.fitting()
            let gone = views.remove(at: index)
            #expect(
                Self.model.mismatches(in: views) == ["view cdf_360_image_schema:\(gone.externalId)/v1 is missing"]
            )
        }
        var older = Self.fitting()
        older[2].version = "v0"
        #expect(Self.model.mismatches(in: older) == ["view cdf_360_image_schema:Image360/v1 is missing"])
    }

    @Test func `every missing property and every wrong type is named`() {
        for (index, view) in Self.fitting().enumerated() {
            for name in view.properties.keys {
                var views = Self.fitting()
                views[index].properties[name] = nil
                let id = "cdf_360_image_schema:\(view.externalId)/v1"
                #expect(Self.model.mismatches(in: views) == ["view \(id) has no property '\(name)'"])
                views[index].properties[name] = .init(type: .init(type: "boolean"), nullable: true)
                let wrong = Self.model.mismatches(in: views)
                #expect(wrong.count == 1)
                #expect(wrong.first?.hasPrefix("property '\(name)' of view \(id) is of type boolean, not ") == true)
                views[index].properties[name] = .init(type: nil, nullable: nil)
                #expect(Self.model.mismatches(in: views).first?.contains("is of type connection") == true)
            }
        }
    }

    @Test func `text properties are accepted for times and files`() {
        var views = Self.fitting()
        for name in ["timeTaken", "cubeMapTop"] {
            views[2].properties[name] = .init(type: .init(type: "text"), nullable: false)
        }
        #expect(Self.model.mismatches(in: views).isEmpty)
    }

    @Test func `a property that must be given and that we do not know is a mismatch; others are not`() {
        var views = Self.fitting()
        views[0].properties["owner"] = .init(type: .init(type: "text"), nullable: true)
        views[0].properties["images"] = .init(type: nil, nullable: false)
        #expect(Self.model.mismatches(in: views).isEmpty)
        views[0].properties["owner"]?.nullable = false
        #expect(
            Self.model.mismatches(in: views) == [
                "view cdf_360_image_schema:Image360Collection/v1 requires a property 'owner' that drop360 does not know"
            ]
        )
    }
}
