import NIOHTTP1
import Testing

@testable import Sandbox

struct CoreModelTests {
    private func file(_ name: String) -> JSON {
        Bodies.node(name, Bodies.core("CogniteFile"), ["name": .string("\(name).jpg"), "mimeType": "image/jpeg"])
    }

    private func container(_ name: String, _ properties: JSON, space: String = "cdf_cdm_3d") -> JSON {
        [
            "source": ["type": "container", "space": .string(space), "externalId": .string(name)],
            "properties": properties,
        ]
    }

    private var collection: JSON {
        [
            "instanceType": "node", "space": "sandbox", "externalId": "cc",
            "sources": [
                container("Cognite3DRevision", ["status": "Done", "published": true, "type": "Image360"]),
                container("CogniteDescribable", ["name": "Area 03"], space: "cdf_cdm"),
                container("Cognite3DModel", ["type": "Image360"]),
            ],
        ]
    }

    private var image: JSON {
        var properties: [String: JSON] = [
            "collection360": .reference("sandbox", "cc"), "station360": .reference("sandbox", "cs"),
            "takenAt": "2024-05-01T12:00:00+02:00",
        ]
        for face in Bodies.faces { properties[face.lowercased()] = .reference("sandbox", "f\(face)") }
        for axis in ["X", "Y", "Z"] { properties["translation\(axis)"] = 2 }
        return Bodies.node("ci", Bodies.core("Cognite360Image"), .object(properties))
    }

    private func register(_ client: SandboxClient) async throws {
        let station = Bodies.node(
            "cs",
            Bodies.core("Cognite360ImageStation"),
            ["name": "S", "groupType": "Station360"]
        )
        let files = Bodies.faces.map { file("f\($0)") }
        let answer = try await client.post(
            "/models/instances",
            ["items": .array(files + [collection, station, image]), "autoCreateDirectRelations": false]
        )
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    }

    @Test func `a CogniteFile is uploaded through its node`() async throws {
        try await withSandbox { client async throws in
            let early = try await client.post(
                "/files/uploadlink",
                ["items": [["instanceId": .reference("sandbox", "fFront")]]]
            )
            #expect(early.status == 400)
            #expect(early.json["error"]?["missing"] == [["instanceId": .reference("sandbox", "fFront")]])
            try await register(client)
            #expect(try await client.contents()["danglingFiles"]?.array?.count == 6)
            for face in Bodies.faces {
                let link = try await client.post(
                    "/files/uploadlink",
                    ["items": [["instanceId": .reference("sandbox", "f\(face)")]]]
                )
                #expect(link.first["instanceId"] == .reference("sandbox", "f\(face)"))
                let put = try await client.put(link.first["uploadUrl"]?.string ?? "", [1, 2, 3])
                #expect(put.status == 200)
            }
            let contents = try await client.contents()
            #expect(contents["danglingFiles"] == [])
            #expect(contents["danglingRelations"] == [])
            let read = try await client.post(
                "/models/instances/byids",
                [
                    "items": [["instanceType": "node", "space": "sandbox", "externalId": "fFront"]],
                    "sources": [["source": Bodies.core("CogniteFile")]],
                ]
            )
            #expect(read.first["properties"]?["cdf_cdm"]?["CogniteFile/v1"]?["isUploaded"] == true)
            let download = try await client.post(
                "/files/downloadlink",
                ["items": [["instanceId": .reference("sandbox", "fFront")]]]
            )
            #expect(try await client.send(.GET, download.first["downloadUrl"]?.string ?? "").bytes == [1, 2, 3])
        }
    }

    @Test func `system properties and wrong enumerations are refused`() async throws {
        try await withSandbox { client async throws in
            let uploaded = Bodies.node("f", Bodies.core("CogniteFile"), ["isUploaded": true])
            #expect(try await client.post("/models/instances", Bodies.apply(uploaded)).message.contains("immutable"))
            let type = Bodies.node("s", Bodies.core("Cognite360ImageStation"), ["groupType": "station"])
            #expect(try await client.post("/models/instances", Bodies.apply(type)).message.contains("Expected one of"))
            let alone: JSON = [
                "instanceType": "node", "space": "sandbox", "externalId": "f",
                "sources": [container("CogniteFile", ["mimeType": "image/png"], space: "cdf_cdm")],
            ]
            #expect(try await client.post("/models/instances", Bodies.apply(alone)).message.contains("requires"))
        }
    }

    @Test func `the viewer's query for a core collection finds images and stations`() async throws {
        try await withSandbox { client async throws in
            try await register(client)
            let answer = try await client.post("/models/instances/query", Queries.core(collection: "cc"))
            #expect(answer.status == 200, "\(answer.text)")
            let items = answer.json["items"]
            #expect(items?["image_collections"]?.array?.map { $0["externalId"] } == ["cc"])
            let image = items?["images"]?.array?.first?["properties"]?["cdf_cdm"]?["Cognite360Image/v1"]
            #expect(image?["front"] == .reference("sandbox", "fFront"))
            #expect(image?["takenAt"] == "2024-05-01T10:00:00.000+00:00", "kept in UTC")
            #expect(items?["stations"]?.array?.map { $0["externalId"] } == ["cs"])
            let hasData = try await client.post(
                "/models/instances/list",
                [
                    "instanceType": "node",
                    "filter": [
                        "hasData": [Bodies.core("Cognite360ImageCollection")]
                    ],
                ]
            )
            #expect(hasData.json["items"]?.array?.map { $0["externalId"] } == ["cc"])
        }
    }
}
