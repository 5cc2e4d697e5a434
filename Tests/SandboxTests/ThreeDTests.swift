import NIOHTTP1
import Testing

@testable import Sandbox

struct ThreeDTests {
    @Test func `a data modelling model is also a node`() async throws {
        try await withSandbox { client async throws in
            let created = try await client.post(
                "/3d/models",
                ["items": [["name": "360", "space": "sandbox", "type": "Image360"]]]
            )
            let id = created.first["id"]?.int ?? 0
            let listed = try await client.post(
                "/models/instances/list",
                ["filter": ["hasData": [Bodies.core("Cognite360ImageModel")]]]
            )
            #expect(listed.first["externalId"] == .string("cog_3d_model_\(id)"))
            let space = try await client.post(
                "/3d/models",
                ["items": [["name": "360", "space": "x", "type": "Image360"]]]
            )
            #expect(space.status == 400)
        }
    }

    @Test(
        arguments: [
            ["clientId": "sandbox", "clientSecret": "wrong"], ["tokenExchange": false], [:],
        ] as [JSON]
    )
    func `a session with other credentials is refused`(item: JSON) async throws {
        try await withSandbox { client async throws in
            let answer = try await client.post("/sessions", ["items": [item]])
            #expect(answer.status == 400)
        }
    }

    @Test func `pipeline runs are kept in order and checked`() async throws {
        try await withSandbox { client async throws in
            func run(_ status: String, message: String = "") async throws -> Int {
                try await client.post(
                    "/extpipes/runs",
                    ["items": [["externalId": "sandbox", "status": .string(status), "message": .string(message)]]]
                ).status
            }
            #expect(try await run("seen") == 201)
            #expect(try await run("failure", message: String(repeating: "m", count: 1000)) == 201)
            #expect(try await run("failure", message: String(repeating: "m", count: 1001)) == 400)
            #expect(try await run("done") == 400)
            let listed = try await client.post("/extpipes/runs/list", ["filter": ["externalId": "sandbox"]])
            #expect(listed.json["items"]?.array?.map { $0["status"] } == ["failure", "seen"])
            let unknown = try await client.post("/extpipes/runs", ["items": [["externalId": "x", "status": "seen"]]])
            #expect(unknown.status == 400)
            #expect(try await client.post("/extpipes/byids", ["items": [["externalId": "sandbox"]]]).status == 200)
        }
    }
}
