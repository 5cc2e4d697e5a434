import NIOHTTP1
import Testing

@testable import Sandbox

/// A client that may do only some things.
struct GrantTests {
    private static func grant(_ acl: String, _ actions: [JSON], _ scope: JSON = ["all": [:]]) -> JSON {
        [acl: ["actions": .array(actions), "scope": scope]]
    }

    private func limit(_ client: SandboxClient, to grants: JSON...) async throws {
        let answer = try await client.shape(["capabilities": .array(grants)])
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    }

    @Test func `nodes need the right in their space`() async throws {
        try await withSandbox { client async throws in
            _ = try await client.post("/models/spaces", ["items": [["space": "other"]]])
            let here: JSON = ["spaceIdScope": ["spaceIds": ["sandbox"]]]
            try await limit(client, to: Self.grant("dataModelInstancesAcl", ["READ", "WRITE"], here))
            try await client.write(Bodies.station)
            let elsewhere = Bodies.node("st", Bodies.legacy("Station360"), ["label": "x"], space: "other")
            let refused = try await client.post("/models/instances", Bodies.apply(elsewhere))
            #expect(refused.status == 403 && refused.message.contains("insufficient access rights"))
            #expect(try await client.post("/models/views/byids", ["items": []]).status == 403)
            #expect(try await client.post("/sessions", [:]).status == 403)
        }
    }

    @Test func `what the client may not see is left out`() async throws {
        try await withSandbox { client async throws in
            let spaces: JSON = ["spaceIdScope": ["spaceIds": ["cdf_cdm"]]]
            try await limit(client, to: Self.grant("dataModelsAcl", ["READ"], spaces))
            let asked: JSON = [
                "items": [
                    ["space": "cdf_cdm", "externalId": "CogniteFile", "version": "v1"],
                    ["space": "cdf_360_image_schema", "externalId": "Image360", "version": "v1"],
                ]
            ]
            let views = try await client.post("/models/views/byids", asked).json["items"]?.array ?? []
            #expect(views.map { $0["externalId"] } == ["CogniteFile"])
            let found = try await client.post(
                "/models/spaces/byids",
                ["items": [["space": "cdf_cdm"], ["space": "sandbox"]]]
            )
            #expect(found.json["items"]?.array?.map { $0["space"] } == ["cdf_cdm"])
        }
    }

    @Test func `a right for one data set is none for a file without it, and none for a model with a node`() async throws
    {
        try await withSandbox { client async throws in
            let asked: JSON = ["items": [["externalId": "sandbox"]]]
            let id = try await client.post("/datasets/byids", asked).first["id"] ?? .null
            let scope: JSON = ["datasetScope": ["ids": [id]]]
            try await limit(
                client,
                to: Self.grant("filesAcl", ["READ", "WRITE"], scope),
                Self.grant("threedAcl", ["READ", "CREATE"], scope),
                Self.grant("dataModelInstancesAcl", ["READ", "WRITE"])
            )
            let file: [String: JSON] = ["name": "a", "externalId": "a"]
            #expect(try await client.post("/files?overwrite=true", .object(file)).status == 403)
            let inside = file.merging(["dataSetId": id]) { first, _ in first }
            #expect(try await client.post("/files?overwrite=true", .object(inside)).status == 201)
            let labelled = inside.merging(["labels": [["externalId": "sandbox"]]]) { first, _ in first }
            #expect(
                try await client.post("/files?overwrite=true", .object(labelled)).message.contains("labelsAcl:READ")
            )
            let classic: JSON = ["items": [["name": "m", "dataSetId": id]]]
            #expect(try await client.post("/3d/models", classic).status == 201)
            let withNode: JSON = ["items": [["name": "m", "space": "sandbox", "type": "Image360"]]]
            #expect(try await client.post("/3d/models", withNode).status == 403)
        }
    }

    @Test func `the file of a node may be uploaded by who may write the node`() async throws {
        try await withSandbox { client async throws in
            try await client.write(CoreBodies.file("f"))
            let instances = Self.grant("dataModelInstancesAcl", ["READ", "WRITE"])
            try await limit(client, to: instances)
            let refused = try await client.uploadLink("f")
            #expect(refused.status == 403 && refused.message.contains("filesAcl:WRITE, or dataModelsAcl:READ and"))
            try await limit(client, to: instances, Self.grant("dataModelsAcl", ["READ"]))
            #expect(try await client.uploadLink("f").status == 200)
            try await limit(client, to: Self.grant("filesAcl", ["WRITE"]))
            #expect(try await client.uploadLink("f").status == 200)
        }
    }

    @Test func `a report to a pipeline needs the right to read data sets as well`() async throws {
        try await withSandbox { client async throws in
            let run: JSON = ["items": [["externalId": "sandbox", "status": "seen"]]]
            try await limit(client, to: Self.grant("extractionRunsAcl", ["WRITE"]))
            #expect(try await client.post("/extpipes/runs", run).message.contains("datasetsAcl:READ"))
            try await limit(client, to: Self.grant("extractionRunsAcl", ["WRITE"]), Self.grant("datasetsAcl", ["READ"]))
            #expect(try await client.post("/extpipes/runs", run).status == 201)
        }
    }

    @Test func `the token shows what the client may do, if it may ask`() async throws {
        try await withSandbox { client async throws in
            func inspect() async throws -> Answer {
                try await client.send(
                    .GET,
                    "\(client.base)/api/v1/token/inspect",
                    headers: ["authorization": "Bearer \(Tokens.fixed)"]
                )
            }
            try await limit(client, to: Self.grant("projectsAcl", ["LIST"]))
            #expect(try await inspect().status == 403)
            try await limit(
                client,
                to: Self.grant("projectsAcl", ["LIST"]),
                Self.grant("groupsAcl", ["LIST"], ["currentuserscope": [:]])
            )
            let shown = try await inspect().json["capabilities"]?.array ?? []
            #expect(shown.count == 2 && shown.last?["groupsAcl"]?["scope"] == ["currentuserscope": [:]])
            #expect(try await client.shape(["capabilities": [["filesAcl": ["actions": ["READ"]]]]]).status == 400)
        }
    }
}
