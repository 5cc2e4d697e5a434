import NIOHTTP1
import Testing

@testable import Sandbox

struct CoreModelTests {
    @Test func `a CogniteFile is uploaded through its node`() async throws {
        try await withSandbox { client async throws in
            let early = try await client.post(
                "/files/uploadlink",
                ["items": [["instanceId": .reference("sandbox", "fFront")]]]
            )
            #expect(early.status == 400)
            #expect(early.json["error"]?["missing"] == [["instanceId": .reference("sandbox", "fFront")]])
            try await CoreBodies.site(client)
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
            #expect(
                try await client.post("/models/instances", Bodies.apply(uploaded)).message.contains(
                    "belongs to the file service"
                )
            )
            let type = Bodies.node("s", Bodies.core("Cognite360ImageStation"), ["groupType": "station"])
            #expect(try await client.post("/models/instances", Bodies.apply(type)).message.contains("Expected one of"))
            let alone: JSON = [
                "instanceType": "node", "space": "sandbox", "externalId": "f",
                "sources": [CoreBodies.container("CogniteFile", ["mimeType": "image/png"], space: "cdf_cdm")],
            ]
            #expect(try await client.post("/models/instances", Bodies.apply(alone)).message.contains("requires"))
        }
    }

    @Test func `the viewer's query for a core collection finds images and stations`() async throws {
        try await withSandbox { client async throws in
            try await CoreBodies.site(client)
            let answer = try await client.post(
                "/models/instances/query",
                Queries.core(collections: ["cc", "cs"], cursors: ["images": .null, "stations": .null])
            )
            #expect(answer.status == 200, "\(answer.text)")
            let items = answer.json["items"]
            #expect(items?["image_collections"]?.array?.map { $0["externalId"] } == ["cc"])
            let image = items?["images"]?.array?.first?["properties"]?["cdf_cdm"]?["Cognite360Image/v1"]
            #expect(image?["front"] == .reference("sandbox", "fFront"))
            #expect(image?["takenAt"] == "2024-05-01T10:00:00.000+00:00", "kept in UTC")
            #expect(answer.json["nextCursor"] == [:], "all pages are short")
            #expect(items?["stations"]?.array?.map { $0["externalId"] } == ["cs"])
            // That view's own filter asks for the type of a *model*, which a collection does not have.
            for (view, found) in [("Cognite360ImageCollection", []), ("Cognite3DRevision", ["cc"])]
                as [(String, [JSON])]
            {
                let listed = try await client.post(
                    "/models/instances/list",
                    ["instanceType": "node", "filter": ["hasData": [Bodies.core(view)]]]
                )
                #expect(listed.json["items"]?.array?.map { $0["externalId"] } == found)
            }
        }
    }

    @Test func `a model of a collection is a node, and another one each time`() async throws {
        try await withSandbox { client async throws in
            try await CoreBodies.site(client)
            var nodes: [String] = []
            for _ in 0..<2 {
                let made = try await client.post(
                    "/3d/models",
                    [
                        "items": [
                            [
                                "name": "Area 03", "space": "sandbox", "type": "Image360",
                                "thumbnailReference": .reference("sandbox", "fFront"),
                            ]
                        ]
                    ]
                )
                #expect(made.status == 201, "\(made.text)")
                nodes.append("cog_3d_model_\(made.first["id"]?.int ?? 0)")
            }
            #expect(Set(nodes).count == 2)
            let model = try await client.properties(nodes[0], in: "Cognite3DModel")
            #expect(model?["type"] == "Image360" && model?["name"] == "Area 03")
            #expect(model?["thumbnail"] == .reference("sandbox", "fFront"))
            try await client.write(
                Bodies.node("cc", Bodies.core("Cognite3DRevision"), ["model3D": .reference("sandbox", nodes[0])])
            )
            #expect(try await client.contents()["danglingRelations"] == [])
        }
    }

    @Test func `a node can be created only, and is not changed under its reader`() async throws {
        try await withSandbox { client async throws in
            try await client.write(CoreBodies.station)
            let mine = Bodies.node("cs", Bodies.core("Cognite360ImageStation"), ["name": "mine"])
            let again = mine.object?.merging(["existingVersion": 0]) { first, _ in first } ?? [:]
            let refused = try await client.post("/models/instances", Bodies.apply(.object(again)))
            #expect(refused.status == 409 && refused.message == "A version conflict caused the ingest to fail.")
            let skipped = try await client.post(
                "/models/instances",
                Bodies.apply(.object(again), with: ["skipOnVersionConflict": true])
            )
            #expect(skipped.first["wasModified"] == false)
            #expect(try await client.properties("cs", in: "Cognite360ImageStation")?["name"] == "S")
        }
    }
}
