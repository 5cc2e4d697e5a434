import Testing

@testable import Sandbox

/// A relation of the core data model takes only targets that have data in its container.
struct RelationTests {
    private func refusal(of node: JSON, creating: Bool = false, _ client: SandboxClient) async throws -> String {
        let answer = try await client.post("/models/instances", Bodies.apply(node, creating: creating))
        #expect(answer.status == 400, "\(answer.text)")
        return answer.message
    }

    private static let relations: [(name: String, node: JSON, container: String)] = [
        ("front", CoreBodies.image(with: ["front": .reference("sandbox", "cs")]), "cdf_cdm:CogniteFile"),
        ("collection360", CoreBodies.image(with: ["collection360": .reference("sandbox", "cs")]), "Cognite3DRevision"),
        ("station360", CoreBodies.image(with: ["station360": .reference("sandbox", "cc")]), "Cognite3DGroup"),
        (
            "model3D",
            Bodies.node("cc", Bodies.core("Cognite360ImageCollection"), ["model3D": .reference("sandbox", "cs")]),
            "Cognite3DModel"
        ),
        (
            "thumbnail",
            Bodies.node("m", Bodies.core("Cognite360ImageModel"), ["thumbnail": .reference("sandbox", "cs")]),
            "CogniteFile"
        ),
        (
            "sourceFile",
            CoreBodies.node(
                "cc",
                CoreBodies.container("Cognite3DRevision", ["sourceFile": .reference("sandbox", "cs")])
            ),
            "CogniteFile"
        ),
        (
            "source", Bodies.node("f", Bodies.core("CogniteFile"), ["source": .reference("sandbox", "cs")]),
            "CogniteSourceSystem"
        ),
    ]

    @Test(arguments: relations.map(\.name))
    func `a node of another kind is no target`(name: String) async throws {
        let relation = try #require(Self.relations.first { $0.name == name })
        try await withSandbox { client async throws in
            try await CoreBodies.targets(client)
            for creating in [false, true] {
                let message = try await refusal(of: relation.node, creating: creating, client)
                #expect(message.contains("has no data in the container"))
                #expect(message.contains(relation.container))
            }
        }
    }

    @Test func `an absent target is not created, whatever the request says`() async throws {
        try await withSandbox { client async throws in
            try await CoreBodies.targets(client)
            let image = CoreBodies.image(with: ["top": .reference("sandbox", "nobody")])
            let message = try await refusal(of: image, creating: true, client)
            #expect(
                message.contains("'nobody' was referenced as the target of a direct relation, but it does not exist")
            )
            // An empty node, as another relation may leave one behind, is no file either.
            try await client.write(["instanceType": "node", "space": "sandbox", "externalId": "nobody"])
            #expect(try await refusal(of: image, creating: true, client).contains("has no data"))
        }
    }

    @Test func `a target of the same request counts only where the project is shaped so`() async throws {
        try await withSandbox { client async throws in
            for face in Bodies.faces { try await client.write(CoreBodies.file("f\(face)")) }
            let body = Bodies.apply(CoreBodies.collection(), CoreBodies.station, CoreBodies.image())
            let refused = try await client.post("/models/instances", body)
            #expect(refused.status == 400)
            #expect(refused.message.contains("come with the same request"))
            #expect(try await client.contents()["collections"] == 0, "a refused request leaves nothing behind")
            #expect(try await client.shape(["takesTargetsOfSameRequest": true]).status == 200)
            #expect(try await client.post("/models/instances", body).status == 200)
        }
    }

    @Test func `views tell the container of a relation, and which relations come from elsewhere`() async throws {
        try await withSandbox { client async throws in
            let answer = try await client.post(
                "/models/views/byids",
                [
                    "items": .array(
                        ["Cognite360Image", "Cognite360ImageModel", "Cognite3DRevision"].map {
                            ["space": "cdf_cdm", "externalId": .string($0), "version": "v1"]
                        }
                    )
                ]
            )
            let views = answer.json["items"]?.array ?? []
            let (image, model, revision) = (views.first, views.dropFirst().first, views.last)
            let station = image?["properties"]?["station360"]
            #expect(station?["containerPropertyIdentifier"] == "group3d")
            #expect(station?["type"]?["container"]?["externalId"] == "Cognite3DGroup")
            #expect(model?["properties"]?["collections"]?["connectionType"] == "multi_reverse_direct_relation")
            #expect(revision?["properties"]?.object?.keys.sorted() == ["model3D", "published", "status", "type"])
            #expect(views.count == 3 && image?["filter"] == nil && revision?["filter"] == nil)
        }
    }
}
