import NIOHTTP1
import Testing

@testable import Sandbox

struct InstanceTests {
    @Test func `equal values change nothing and other values make a new version`() async throws {
        try await withSandbox { client async throws in
            let first = try await client.post("/models/instances", Bodies.apply(Bodies.collection, Bodies.station))
            #expect(first.status == 200, "\(first.text)")
            #expect(first.json["items"]?.array?.map { $0["externalId"] } == ["coll", "st"])
            #expect(first.first["wasModified"] == true)
            #expect(first.first["version"] == 1)
            let again = try await client.post("/models/instances", Bodies.apply(Bodies.collection))
            #expect(again.first["wasModified"] == false)
            #expect(again.first["lastUpdatedTime"] == first.first["lastUpdatedTime"])
            let renamed = Bodies.node("coll", Bodies.legacy("Image360Collection"), ["label": "Area 04"])
            let changed = try await client.post("/models/instances", Bodies.apply(renamed))
            #expect(changed.first["wasModified"] == true)
            #expect(changed.first["version"] == 2)
        }
    }

    @Test func `an image is read back through its view`() async throws {
        try await withSandbox { client async throws in
            let applied = try await client.post(
                "/models/instances",
                Bodies.apply(Bodies.image(), Bodies.collection, Bodies.station)
            )
            #expect(applied.status == 200, "targets of the same request count: \(applied.text)")
            let read = try await client.post(
                "/models/instances/byids",
                [
                    "items": [["instanceType": "node", "space": "sandbox", "externalId": "img"]],
                    "sources": [["source": Bodies.legacy("Image360")]],
                ]
            )
            let properties = try #require(read.first["properties"]?["cdf_360_image_schema"]?["Image360/v1"])
            #expect(properties["cubeMapFront"] == "img/front")
            #expect(properties["station"] == .reference("sandbox", "st"))
            #expect(properties["translationX"]?.number == 1.5)
            #expect(properties["timeTaken"] == "2024-05-01T10:00:00.000+00:00")
            let absent = try await client.post(
                "/models/instances/byids",
                [
                    "items": [
                        ["instanceType": "node", "space": "sandbox", "externalId": "coll"],
                        ["instanceType": "node", "space": "sandbox", "externalId": "nobody"],
                    ], "sources": [["source": Bodies.legacy("Image360")]],
                ]
            )
            #expect(absent.json["items"] == [])
        }
    }

    @Test(arguments: [
        (Bodies.image(with: ["image": [:]]), "Unknown property 'image'"),
        (Bodies.image(with: ["collection360": "coll"]), "Expected a direct relation"),
        (Bodies.image(with: ["station": ["space": "sandbox"]]), "Expected a direct relation"),
        (Bodies.image(with: ["label": 12]), "Expected text"),
        (Bodies.image(with: ["translationX": "1.5"]), "Expected a number"),
        (Bodies.image(with: ["timeTaken": "yesterday"]), "Expected a timestamp"),
        (Bodies.image(with: ["timeTaken": "2024-02-30T10:00:00Z"]), "Expected a timestamp"),
        (Bodies.image(with: ["cubeMapTop": ["externalId": "x"]]), "external id of a file"),
        (Bodies.image(with: ["cubeMapTop": .null]), "Invalid value for non-nullable property 'cubeMapTop'"),
        (Bodies.image(without: "cubeMapLeft"), "Invalid value for non-nullable property 'cubeMapLeft'"),
        (
            Bodies.node("x", Bodies.legacy("Image36"), [:]),
            "One or more views do not exist: 'cdf_360_image_schema:Image36/v1'"
        ),
        (Bodies.node("x", Bodies.legacy("Station360"), [:], space: "nowhere"), "One or more spaces do not exist"),
        (Bodies.node("x", Bodies.legacy("Station360"), [:], space: "node"), "reserved"),
        (Bodies.node("x", Bodies.legacy("Station360"), [:], space: "9s"), "not a valid space"),
        (Bodies.node("", Bodies.legacy("Station360"), [:]), "1 to 256 bytes"),
        (Bodies.node(String(repeating: "é", count: 129), Bodies.legacy("Station360"), [:]), "1 to 256 bytes"),
    ])
    func `what data modelling refuses is refused, and the request leaves no trace`(item: JSON, reason: String)
        async throws
    {
        try await withSandbox { client async throws in
            let answer = try await client.post(
                "/models/instances",
                Bodies.apply(Bodies.collection, Bodies.station, item)
            )
            #expect(answer.status == 400)
            #expect(answer.message.contains(reason), "\(answer.message)")
            #expect(try await client.contents()["nodes"] == [])
        }
    }

    @Test func `relations need their targets, unless these may be created`() async throws {
        try await withSandbox { client async throws in
            let refused = try await client.post("/models/instances", Bodies.apply(Bodies.image()))
            #expect(refused.status == 400)
            #expect(
                refused.message.hasSuffix("was referenced as the target of a direct relation, but it does not exist.")
            )
            let created = try await client.post("/models/instances", Bodies.apply(Bodies.image(), creating: true))
            #expect(created.status == 200)
            let contents = try await client.contents()
            #expect(contents["nodes"]?.array?.count == 3)
            #expect(contents["danglingRelations"]?.array?.map { $0["reason"] } == ["noData", "noData"])
        }
    }

    @Test func `one request has an instance once, and at most a thousand`() async throws {
        try await withSandbox { client async throws in
            let twice = try await client.post("/models/instances", Bodies.apply(Bodies.station, Bodies.station))
            #expect(twice.status == 400)
            #expect(twice.message.contains("occurs twice"))
            let many = (0...1000).map { Bodies.node("n\($0)", Bodies.legacy("Station360"), [:]) }
            #expect(try await client.post("/models/instances", ["items": .array(many)]).status == 400)
            let enough = try await client.post("/models/instances", ["items": .array(Array(many.prefix(1000)))])
            #expect(enough.status == 200)
        }
    }

    @Test func `an older existing version conflicts or is skipped`() async throws {
        try await withSandbox { client async throws in
            _ = try await client.post("/models/instances", Bodies.apply(Bodies.station))
            var item = Bodies.node("st", Bodies.legacy("Station360"), ["label": "other"]).object ?? [:]
            item["existingVersion"] = 0
            let conflict = try await client.post("/models/instances", Bodies.apply(.object(item)))
            #expect(conflict.status == 409)
            #expect(conflict.message == "A version conflict caused the ingest to fail.")
            let skipped = try await client.post(
                "/models/instances",
                Bodies.apply(.object(item), with: ["skipOnVersionConflict": true])
            )
            #expect(skipped.first["wasModified"] == false)
            item["existingVersion"] = 1
            #expect(try await client.post("/models/instances", Bodies.apply(.object(item))).first["version"] == 2)
        }
    }

    @Test func `replace drops what a request leaves out and null removes`() async throws {
        try await withSandbox { client async throws in
            let source = Bodies.core("Cognite360ImageStation")
            func properties() async throws -> JSON? {
                try await client.post(
                    "/models/instances/list",
                    ["instanceType": "node", "sources": [["source": source]]]
                ).first["properties"]?["cdf_cdm"]?["Cognite360ImageStation/v1"]
            }
            let full = Bodies.node("s", source, ["name": "n", "description": "d", "groupType": "Station360"])
            _ = try await client.post("/models/instances", Bodies.apply(full))
            _ = try await client.post(
                "/models/instances",
                Bodies.apply(Bodies.node("s", source, ["description": .null]))
            )
            #expect(try await properties() == ["name": "n", "groupType": "Station360"])
            _ = try await client.post(
                "/models/instances",
                Bodies.apply(Bodies.node("s", source, ["groupType": "Station360"]), with: ["replace": true])
            )
            #expect(try await properties() == ["groupType": "Station360"])
        }
    }

    @Test func `edges need their ends`() async throws {
        try await withSandbox { client async throws in
            _ = try await client.post("/models/instances", Bodies.apply(Bodies.collection, Bodies.station))
            var edge: [String: JSON] = [
                "instanceType": "edge", "space": "sandbox", "externalId": "e", "type": .reference("sandbox", "coll"),
                "startNode": .reference("sandbox", "coll"), "endNode": .reference("sandbox", "nobody"),
            ]
            #expect(try await client.post("/models/instances", Bodies.apply(.object(edge))).status == 400)
            edge["endNode"] = .reference("sandbox", "st")
            #expect(try await client.post("/models/instances", Bodies.apply(.object(edge))).status == 200)
            let listed = try await client.post("/models/instances/list", ["instanceType": "edge"])
            #expect(listed.first["endNode"] == .reference("sandbox", "st"))
            let deleted = try await client.post(
                "/models/instances/delete",
                ["items": [["instanceType": "edge", "space": "sandbox", "externalId": "e"]]]
            )
            #expect(deleted.json["items"]?.array?.count == 1)
        }
    }

    @Test func `spaces are upserted and views describe themselves`() async throws {
        try await withSandbox { client async throws in
            let space: JSON = ["items": [["space": "plant_360", "name": "360 images"]]]
            #expect(try await client.post("/models/spaces", space).first["space"] == "plant_360")
            let found = try await client.post(
                "/models/spaces/byids",
                ["items": [["space": "plant_360"], ["space": "x"]]]
            )
            #expect(found.json["items"]?.array?.count == 1)
            #expect(try await client.post("/models/spaces", ["items": [["space": "edge"]]]).status == 400)
            let views = try await client.post(
                "/models/views/byids",
                ["items": [["space": "cdf_360_image_schema", "externalId": "Image360", "version": "v1"]]]
            )
            let properties = try #require(views.first["properties"])
            #expect(properties["cubeMapFront"]?["type"]?["type"] == "file")
            #expect(properties["timeTaken"]?["type"]?["type"] == "timestamp")
            #expect(properties["collection360"]?["nullable"] == false)
            let global = try await client.api(.GET, "/models/views?space=cdf_cdm")
            #expect(global.json["items"]?.array?.count == 12)
            #expect(try await client.api(.GET, "/models/statistics").json["concurrentWriteLimit"] == 4)
        }
    }
}
