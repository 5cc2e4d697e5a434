import NIOHTTP1
import Testing

@testable import Sandbox

/// The file service and the nodes of files.
struct LateFileTests {
    @Test(arguments: [(400, true), (404, true), (404, false), (422, true)])
    func `a new node is unknown to the file service for a while`(status: Int, tellsMissing: Bool) async throws {
        var configuration = SandboxConfiguration()
        configuration.shape.lateFiles = .init(refusals: 2, status: status, tellsMissing: tellsMissing)
        try await withSandbox(configuration) { client async throws in
            try await client.write(CoreBodies.file("f"))
            for _ in 0..<2 {
                let refused = try await client.uploadLink("f")
                #expect(refused.status == status)
                let missing = refused.json["error"]?["missing"]
                #expect(missing == (tellsMissing ? [["instanceId": .reference("sandbox", "f")]] : nil))
            }
            let link = try await client.uploadLink("f")
            #expect(link.status == 200, "\(link.text)")
            try await client.write(CoreBodies.file("f"))
            #expect(try await client.uploadLink("f").status == 200, "a node that is known stays so")
            #expect(try await client.uploadLink("nobody").status == 400, "and an unknown one is refused as ever")
        }
    }

    @Test func `a service that catches up knows every node`() async throws {
        try await withSandbox { client async throws in
            #expect(try await client.shape(["lateFiles": ["refusals": 1_000_000]]).status == 200)
            try await client.write(CoreBodies.file("f"))
            #expect(try await client.uploadLink("f").status == 400)
            #expect(try await client.shape([:]).status == 200)
            #expect(try await client.uploadLink("f").status == 200)
        }
    }

    @Test func `look-ups are refused as well, and a multipart upload`() async throws {
        try await withSandbox { client async throws in
            #expect(try await client.shape(["lateFiles": ["refusals": 3, "status": 404]]).status == 200)
            try await client.write(CoreBodies.file("f"))
            let items: JSON = ["items": [["instanceId": .reference("sandbox", "f")]]]
            for path in ["/files/byids", "/files/downloadlink", "/files/multiuploadlink?parts=1"] {
                #expect(try await client.post(path, items).status == 404)
            }
            #expect(try await client.post("/files/byids", items).first["uploaded"] == false)
        }
    }

    @Test func `a node's file follows its node: name, type, folder, and its end`() async throws {
        try await withSandbox { client async throws in
            try await client.write(CoreBodies.file("f"))
            let items: JSON = ["items": [["instanceId": .reference("sandbox", "f")]]]
            let before = try await client.post("/files/byids", items).first
            #expect(before["name"] == "f.jpg" && before["mimeType"] == "image/jpeg")
            try await client.write(
                Bodies.node(
                    "f",
                    Bodies.core("CogniteFile"),
                    ["name": "g.png", "mimeType": "image/png", "directory": "/a"]
                )
            )
            let after = try await client.post("/files/byids", items).first
            #expect(after["id"] == before["id"] && after["name"] == "g.png" && after["directory"] == "/a")
            let link = try await client.uploadLink("f")
            #expect(try await client.put(link.first["uploadUrl"]?.string ?? "", [1, 2]).status == 200)
            #expect(try await client.contents()["files"]?.array?.count == 1)
            let node: JSON = ["items": [["instanceType": "node", "space": "sandbox", "externalId": "f"]]]
            #expect(try await client.post("/models/instances/delete", node).status == 200)
            #expect(try await client.post("/files/byids", items).status == 400)
            #expect(try await client.contents()["files"] == [])
        }
    }

    @Test func `isUploaded is set by the service, when it knows the bytes, and stays`() async throws {
        try await withSandbox { client async throws in
            try await client.faults([
                "match": ["path": "/files/uploadlink"], "then": ["kind": "lateUploaded", "polls": 1],
            ])
            try await client.write(CoreBodies.file("f"))
            let link = try await client.uploadLink("f")
            #expect(try await client.put(link.first["uploadUrl"]?.string ?? "", [1, 2]).status == 200)
            #expect(try await client.properties("f", in: "CogniteFile")?["isUploaded"] == false)
            let items: JSON = ["items": [["instanceId": .reference("sandbox", "f")]]]
            #expect(try await client.post("/files/byids", items).first["uploaded"] == false)
            #expect(try await client.properties("f", in: "CogniteFile")?["isUploaded"] == true)
            #expect(try await client.properties("f", in: "CogniteFile")?["uploadedTime"] != nil)
            let replaced = try await client.post(
                "/models/instances",
                ["items": [CoreBodies.file("f")], "replace": true, "autoCreateDirectRelations": false]
            )
            #expect(replaced.status == 200)
            #expect(try await client.properties("f", in: "CogniteFile")?["isUploaded"] == true)
        }
    }

    @Test func `what belongs to the node can't be changed or deleted through the classic service`() async throws {
        try await withSandbox { client async throws in
            try await client.write(CoreBodies.file("f"))
            let id = try await client.uploadLink("f").first["id"] ?? .null
            let named: JSON = ["instanceId": .reference("sandbox", "f")]
            #expect(try await client.post("/files/delete", ["items": [named]]).status == 400)
            #expect(
                try await client.post("/files/delete", ["items": [["id": id]]]).message.contains("deleting the node")
            )
            #expect(try await client.post("/files/uploadlink", ["items": [["id": id]]]).status == 400)
            func update(_ key: String, _ value: JSON) async throws -> Answer {
                let item = named.object?.merging(["update": [key: ["set": value]]]) { first, _ in first } ?? [:]
                return try await client.post("/files/update", ["items": [.object(item)]])
            }
            #expect(try await update("directory", "/a").message.contains("update the node"))
            #expect(try await update("metadata", ["a": "b"]).first["metadata"] == ["a": "b"])
            #expect(try await update("labels", [["externalId": "sandbox"]]).status == 200)
        }
    }

    @Test func `parts of a node's file are completed by the node or by the number`() async throws {
        var configuration = SandboxConfiguration()
        configuration.minimumPartSize = 1
        try await withSandbox(configuration) { client async throws in
            try await client.write(CoreBodies.file("f"))
            let node: JSON = .reference("sandbox", "f")
            for key in ["instanceId", "id"] {
                let begun = try await client.post("/files/multiuploadlink?parts=2", ["items": [["instanceId": node]]])
                let urls = begun.first["uploadUrls"]?.array?.compactMap(\.string) ?? []
                #expect(urls.count == 2)
                for url in urls { #expect(try await client.put(url, [1, 2, 3]).status == 200) }
                let completed = try await client.post(
                    "/files/completemultipartupload",
                    .members([
                        "uploadId": begun.first["uploadId"], key: key == "id" ? begun.first["id"] : node,
                    ])
                )
                #expect(completed.status == 200, "\(completed.text)")
            }
            let icon = try await client.api(.GET, "/files/icon?space=sandbox&instanceExternalId=f")
            #expect(icon.bytes == [1, 2, 3, 1, 2, 3])
        }
    }

    @Test(arguments: ProjectShape.Digest.allCases)
    func `a download tells the digest that the project tells, and no other`(digest: ProjectShape.Digest) async throws {
        var configuration = SandboxConfiguration()
        configuration.shape.digests = [digest]
        try await withSandbox(configuration) { client async throws in
            try await client.upload("a", Array("face".utf8))
            let link = try await client.post("/files/downloadlink", ["items": [["externalId": "a"]]])
            let headers = try await client.send(.GET, link.first["downloadUrl"]?.string ?? "").headers
            #expect(headers.first(name: "etag") == (digest == .etag ? "\"d5ca322453f2986b752e58b11af83d96\"" : nil))
            #expect(headers.first(name: "content-md5") == (digest == .contentMD5 ? "1coyJFPymGt1LlixGvg9lg==" : nil))
            #expect(headers.first(name: "x-goog-hash") == (digest == .googHash ? "md5=1coyJFPymGt1LlixGvg9lg==" : nil))
        }
    }
}
