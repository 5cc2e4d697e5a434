import NIOHTTP1
import Testing

@testable import Sandbox

struct ThreeDTests {
    private let session: JSON = ["items": [["clientId": "sandbox", "clientSecret": "sandbox"]]]

    @Test func `an E57 goes through a session, a model and a revision that is done when polled`() async throws {
        try await withSandbox { client async throws in
            let model = try await client.post("/3d/models", ["items": [["name": "site-a03"]]])
            #expect(model.status == 201)
            let modelID = model.first["id"]?.int ?? 0
            try await client.upload("scan.e57", mimeType: "application/octet-stream")
            let fileID = try await client.file("scan.e57")["id"] ?? .null
            let nonce = try await client.post("/sessions", session).first["nonce"] ?? .null
            let pipeline: JSON = [
                "indexingOptions": ["extractPhotosphereImages": true, "dmsInstancesSpaceId": "sandbox"]
            ]
            let body: JSON = ["items": [["fileId": fileID, "nonce": nonce, "pipelineConfiguration": pipeline]]]
            let created = try await client.api(
                .POST,
                "/3d/models/\(modelID)/revisions",
                body,
                headers: ["cdf-version": "20230101-beta"]
            )
            #expect(created.status == 201, "\(created.text)")
            #expect(created.first["status"] == "Queued")
            #expect(created.first["pipelineConfiguration"] == pipeline)
            let path = "/3d/models/\(modelID)/revisions/\(created.first["id"]?.int ?? 0)"
            var statuses: [JSON] = []
            for _ in 0..<3 { statuses.append(try await client.api(.GET, path).json["status"] ?? .null) }
            #expect(statuses == ["Queued", "Processing", "Done"])
            #expect(try await client.api(.GET, "\(path)/logs").json["items"]?.array?.count == 3)
            #expect(try await client.api(.GET, "\(path)/logs?severity=5").json["items"]?.array?.count == 0)
            let spent = try await client.post("/3d/models/\(modelID)/revisions", body)
            #expect(spent.message.contains("nonce"))
        }
    }

    @Test func `without the beta header the pipeline configuration is not kept`() async throws {
        try await withSandbox { client async throws in
            let modelID = try await client.post("/3d/models", ["items": [["name": "m"]]]).first["id"]?.int ?? 0
            try await client.upload("e57")
            let created = try await client.post(
                "/3d/models/\(modelID)/revisions",
                ["items": [["fileId": try await client.file("e57")["id"] ?? .null, "pipelineConfiguration": [:]]]]
            )
            #expect(created.status == 201)
            #expect(created.first["pipelineConfiguration"] == nil)
            let listed = try await client.api(.GET, "/3d/models/\(modelID)/revisions")
            #expect(listed.json["items"]?.array?.count == 1)
        }
    }

    @Test func `a revision needs an uploaded file and a valid nonce`() async throws {
        var configuration = SandboxConfiguration()
        configuration.nonceLifetime = .zero
        try await withSandbox(configuration) { client async throws in
            let modelID = try await client.post("/3d/models", ["items": [["name": "m"]]]).first["id"]?.int ?? 0
            let path = "/3d/models/\(modelID)/revisions"
            #expect(try await client.post(path, ["items": [["fileId": 5]]]).message.contains("not found"))
            let file = try await client.post("/files", ["name": "n", "externalId": "e"]).json["id"] ?? .null
            #expect(try await client.post(path, ["items": [["fileId": file]]]).message.contains("not uploaded"))
            try await client.upload("e")
            let nonce = try await client.post("/sessions", session).first["nonce"] ?? .null
            let late = try await client.post(path, ["items": [["fileId": file, "nonce": nonce]]])
            #expect(late.message.contains("nonce"))
            #expect(try await client.post("/3d/models/1/revisions", ["items": [["fileId": file]]]).status == 404)
        }
    }

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
