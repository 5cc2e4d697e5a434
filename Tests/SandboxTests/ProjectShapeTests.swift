import NIOHTTP1
import Testing

@testable import Sandbox

/// Projects of every form that the client may meet.
struct ProjectShapeTests {
    private func views(_ client: SandboxClient) async throws -> Set<String> {
        let answer = try await client.api(.GET, "/models/views")
        return Set(
            (answer.json["items"]?.array ?? []).map {
                "\($0["externalId"]?.string ?? "")/\($0["version"]?.string ?? "")"
            }
        )
    }

    private func view(_ client: SandboxClient, _ name: String) async throws -> JSON {
        try await client.post(
            "/models/views/byids",
            ["items": [["space": "cdf_360_image_schema", "externalId": .string(name), "version": "v1"]]]
        ).first
    }

    @Test(arguments: ["legacy", "core"])
    func `a project with one data model knows nothing of the other`(model: String) async throws {
        try await withSandbox { client async throws in
            #expect(try await client.shape(["models": [.string(model)]]).status == 200)
            let views = try await views(client)
            #expect(views.contains("Image360/v1") == (model == "legacy"))
            #expect(views.contains("Cognite360Image/v1") == (model == "core"))
            let spaces = try await client.post(
                "/models/spaces/byids",
                ["items": [["space": "cdf_360_image_schema"], ["space": "cdf_cdm"]]]
            )
            #expect(spaces.json["items"]?.array?.count == 1)
            let other = model == "legacy" ? CoreBodies.station : Bodies.station
            let refused = try await client.post("/models/instances", Bodies.apply(other))
            #expect(refused.message.contains("One or more views do not exist"))
            let made = try await client.post(
                "/3d/models",
                ["items": [["name": "m", "space": "sandbox", "type": "Image360"]]]
            )
            #expect(made.status == (model == "core" ? 201 : 400))
        }
    }

    @Test func `views are missing, or have another version`() async throws {
        try await withSandbox { client async throws in
            let shape: JSON = ["missingViews": ["Station360"], "versions": ["Image360": "v2"]]
            #expect(try await client.shape(shape).json["versions"] == ["Image360": "v2"])
            let views = try await views(client)
            #expect(!views.contains("Station360/v1") && !views.contains("Image360/v1") && views.contains("Image360/v2"))
            #expect(try await client.post("/models/instances", Bodies.apply(Bodies.image())).status == 400)
        }
    }

    @Test func `properties have other types`() async throws {
        try await withSandbox { client async throws in
            let shape: JSON = [
                "properties": [
                    "Image360": [
                        "timeTaken": ["type": "text"], "translationX": ["type": "float32", "nullable": false],
                        "cubeMapFront": ["type": "text"], "scaleX": nil, "inspector": ["type": "text"],
                    ]
                ]
            ]
            #expect(try await client.shape(shape).status == 200)
            let properties = try await view(client, "Image360")["properties"]
            #expect(properties?["timeTaken"]?["type"]?["type"] == "text")
            #expect(properties?["translationX"]?["type"]?["type"] == "float32")
            #expect(properties?["cubeMapFront"]?["type"]?["type"] == "text")
            #expect(properties?["inspector"]?["nullable"] == true)
            #expect(properties?["scaleX"] == nil)
            try await client.write(Bodies.collection, Bodies.station)
            let old = try await client.post("/models/instances", Bodies.apply(Bodies.image()))
            #expect(old.message.contains("Unknown property 'scaleX'"))
            try await client.write(Bodies.image(without: "scaleX", with: ["translationX": 0.1, "timeTaken": "spring"]))
            let read = try await client.contents()["nodes"]?.array?.last?["properties"]?["cdf_360_image_schema"]?[
                "Image360/v1"
            ]
            #expect(read?["translationX"]?.number == Double(Float(0.1)), "kept with the precision of the type")
            #expect(read?["timeTaken"] == "spring")
            let large = Bodies.image(without: "scaleX", with: ["translationX": 1e39])
            #expect(try await client.post("/models/instances", Bodies.apply(large)).message.contains("float32"))
        }
    }

    @Test func `a property becomes required while the project runs`() async throws {
        try await withSandbox { client async throws in
            try await client.write(Bodies.collection, Bodies.station, Bodies.image())
            let shape: JSON = ["properties": ["Image360": ["inspector": ["type": "text", "nullable": false]]]]
            #expect(try await client.shape(shape).status == 200)
            #expect(try await view(client, "Image360")["properties"]?["inspector"]?["nullable"] == false)
            let refused = try await client.post("/models/instances", Bodies.apply(Bodies.image("second")))
            #expect(refused.message == "Invalid value for non-nullable property 'inspector'. Value cannot be null.")
            try await client.write(Bodies.image("second", with: ["inspector": "Ada"]))
            #expect(try await client.shape([:]).status == 200)
            try await client.write(Bodies.image("third"))
        }
    }

    @Test func `what a change leaves out is as at the start`() async throws {
        var configuration = SandboxConfiguration()
        configuration.shape.models = [.core]
        try await withSandbox(configuration) { client async throws in
            let changed = try await client.shape(["versions": ["Cognite360Image": "v2"], "readOnlySpaces": ["sandbox"]])
            #expect(changed.json["models"] == ["core"])
            let back = try await client.shape([:]).json
            #expect(back["models"] == ["core"] && back["versions"] == [:] && back["readOnlySpaces"] == [])
        }
    }

    @Test func `a read-only space takes nothing, and the token says so`() async throws {
        try await withSandbox { client async throws in
            try await client.write(CoreBodies.file("f"))
            #expect(try await client.shape(["readOnlySpaces": ["sandbox"]]).status == 200)
            #expect(try await client.post("/models/instances", Bodies.apply(Bodies.station)).status == 403)
            let node: JSON = ["items": [["instanceType": "node", "space": "sandbox", "externalId": "f"]]]
            #expect(try await client.post("/models/instances/delete", node).status == 403)
            #expect(try await client.uploadLink("f").status == 403)
            #expect(try await client.properties("f", in: "CogniteFile")?["name"] == "f.jpg", "it can be read")
            let token = try await client.send(
                .GET,
                "\(client.base)/api/v1/token/inspect",
                headers: ["authorization": "Bearer \(Tokens.fixed)"]
            )
            let acls = (token.json["capabilities"]?.array ?? []).compactMap { $0["dataModelInstancesAcl"] }
            #expect(acls.contains { $0["actions"] == ["WRITE"] && $0["scope"] == ["spaceIdScope": ["spaceIds": []]] })
            #expect(!acls.contains { $0["actions"]?.array?.contains("WRITE") == true && $0["scope"] == ["all": [:]] })
        }
    }

    @Test func `an empty space can be deleted, and one with nodes can't`() async throws {
        try await withSandbox { client async throws in
            let body: JSON = ["items": [["space": "sandbox"]]]
            try await client.write(Bodies.station)
            #expect(try await client.post("/models/spaces/delete", body).message.contains("not empty"))
            let node: JSON = ["items": [["instanceType": "node", "space": "sandbox", "externalId": "st"]]]
            #expect(try await client.post("/models/instances/delete", node).status == 200)
            #expect(try await client.post("/models/spaces/delete", body).json["items"] == [["space": "sandbox"]])
            let refused = try await client.post("/models/instances", Bodies.apply(Bodies.station))
            #expect(refused.message.contains("One or more spaces do not exist"))
        }
    }

    @Test(
        arguments: [
            ["modles": ["core"]], ["models": ["cdm"]], ["models": "core"], ["missingViews": ["Image36"]],
            ["properties": ["Image360": ["label": ["type": "int"]]]], ["digests": ["sha256"]],
            ["lateFiles": ["refusals": 1, "status": 500]],
        ] as [JSON]
    )
    func `a shape that says nothing known is refused`(shape: JSON) async throws {
        try await withSandbox { client async throws in
            #expect(try await client.shape(shape).status == 400)
            #expect(try await client.send(.GET, "\(client.base)/sandbox/project").json["models"] == ["core", "legacy"])
        }
    }
}
