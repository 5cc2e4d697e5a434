import NIOHTTP1
import Testing

@testable import Sandbox

/// What files and reports refer to besides data sets: labels, security categories, extraction pipelines.
struct LabelTests {
    private func create(_ client: SandboxClient, _ members: [String: JSON]) async throws -> Answer {
        let file: [String: JSON] = ["name": "a.jpg", "externalId": "a"]
        return try await client.post("/files?overwrite=true", .object(file.merging(members) { first, _ in first }))
    }

    @Test func `a file takes only labels that exist`() async throws {
        try await withSandbox { client async throws in
            let refused = try await create(client, ["labels": [["externalId": "360"]]])
            #expect(refused.status == 400 && refused.json["error"]?["missing"] == [["externalId": "360"]])
            let label: JSON = ["items": [["externalId": "360", "name": "360° images"]]]
            #expect(try await client.post("/labels", label).status == 201)
            #expect(try await client.post("/labels", label).status == 409)
            #expect(try await create(client, ["labels": [["externalId": "360"]]]).status == 201)
            #expect(try await client.file("a")["labels"] == [["externalId": "360"]])
            let found = try await client.post("/labels/byids", ["items": [["externalId": "360"]]])
            #expect(found.first["name"] == "360° images" && found.first["id"] == nil)
            let listed = try await client.post("/labels/list", ["filter": ["externalIdPrefix": "3"], "limit": 10])
            #expect(listed.json["items"]?.array?.count == 1)
            #expect(try await client.post("/labels/byids", ["items": [["externalId": "x"]]]).status == 400)
            let update: JSON = ["items": [["externalId": "a", "update": ["labels": ["add": [["externalId": "x"]]]]]]]
            #expect(try await client.post("/files/update", update).status == 400)
            #expect(try await client.post("/labels/delete", ["items": [["externalId": "360"]]]).status == 200)
        }
    }

    @Test func `a file takes only security categories that exist`() async throws {
        try await withSandbox { client async throws in
            #expect(try await create(client, ["securityCategories": [7]]).status == 400)
            let made = try await client.post("/securitycategories", ["items": [["name": "plant"]]])
            let id = try #require(made.first["id"])
            #expect(try await create(client, ["securityCategories": [id]]).status == 201)
            let names = try await client.api(.GET, "/securitycategories").json["items"]?.array?.map { $0["name"] }
            #expect(names == ["sandbox", "plant"])
        }
    }

    @Test func `a correction reaches folder, source and times of a file by an update`() async throws {
        try await withSandbox { client async throws in
            let first: [String: JSON] = ["directory": "/a", "source": "s", "sourceCreatedTime": 1]
            _ = try await create(client, first)
            _ = try await create(client, ["directory": "/b", "source": "t", "sourceCreatedTime": 2])
            let overwritten = try await client.file("a")
            #expect(overwritten["directory"] == "/a" && overwritten["source"] == "s", "overwriting keeps these two")
            #expect(overwritten["sourceCreatedTime"] == 2)
            let update: JSON = ["directory": ["set": "/b"], "source": ["set": "t"], "sourceModifiedTime": ["set": 3]]
            let item: JSON = ["externalId": "a", "update": update]
            let updated = try await client.post("/files/update", ["items": [item]]).first
            #expect(updated["directory"] == "/b" && updated["source"] == "t" && updated["sourceModifiedTime"] == 3)
        }
    }

    @Test func `a pipeline tells its last run of each kind`() async throws {
        try await withSandbox { client async throws in
            func run(_ members: [String: JSON]) async throws -> Answer {
                try await client.post("/extpipes/runs", ["items": [.object(members)]])
            }
            let seen = try await run(["externalId": "sandbox", "status": "seen", "createdTime": 1000])
            #expect(seen.status == 201)
            let words = String(repeating: "ø", count: 1000)
            let failed: [String: JSON] = ["externalId": "sandbox", "status": "failure", "createdTime": 2000]
            #expect(try await run(failed.merging(["message": .string(words)]) { first, _ in first }).status == 201)
            #expect(
                try await run(failed.merging(["message": .string(words + "x")]) { first, _ in first }).status == 400
            )
            let unknown = try await run(["externalId": "nobody", "status": "seen"])
            #expect(unknown.json["error"]?["missing"] == [["externalId": "nobody"]])
            #expect(try await run(["externalId": "sandbox", "status": "done"]).status == 400)
            let pipeline = try await client.post("/extpipes/byids", ["items": [["externalId": "sandbox"]]]).first
            #expect(pipeline["lastSeen"] == 2000 && pipeline["lastFailure"] == 2000 && pipeline["lastSuccess"] == nil)
            #expect(pipeline["lastMessage"] == .string(words))
            let made = try await client.post(
                "/extpipes",
                ["items": [["externalId": "ep", "name": "EP", "dataSetId": pipeline["dataSetId"] ?? .null]]]
            )
            #expect(made.status == 201, "\(made.text)")
            #expect(try await run(["externalId": "ep", "status": "success"]).status == 201)
        }
    }
}
