import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// A sandbox with a model and the file of a scan.
private struct ScanBench {
    let client: SandboxClient
    let model: String
    let file: JSON

    init(_ client: SandboxClient, bytes: [UInt8] = Array("ASTM-E57 and points".utf8)) async throws {
        self.client = client
        let sets = try await client.post("/datasets/byids", ["items": [["externalId": "sandbox"]]])
        let item: JSON = ["name": "site-a03", "dataSetId": sets.first["id"] ?? .null]
        model = try await client.post("/3d/models", ["items": [item]]).first["id"]?.text ?? ""
        try await client.upload("scan.e57", bytes, mimeType: "application/octet-stream")
        file = try await client.file("scan.e57")["id"] ?? .null
    }

    var path: String { "/3d/models/\(model)/revisions" }

    func nonce() async throws -> JSON {
        let session: JSON = ["items": [["clientId": "sandbox", "clientSecret": "sandbox"]]]
        return try await client.post("/sessions", session).first["nonce"] ?? .null
    }

    func body(_ nonce: JSON?, extracts: JSON = true, space: JSON = "sandbox") -> JSON {
        let options: JSON = ["extractPhotosphereImages": extracts, "dmsInstancesSpaceId": space]
        let item = JSON.members([
            "fileId": file, "nonce": nonce, "metadata": ["sha256": "ab"],
            "pipelineConfiguration": ["indexingOptions": options],
        ])
        return ["items": [item]]
    }

    func create(_ body: JSON, beta: Bool = true) async throws -> Answer {
        try await client.api(.POST, path, body, headers: beta ? ["cdf-version": "20230101-beta"] : [:])
    }

    /// The status at each of so many look-ups.
    func statuses(_ revision: JSON, _ count: Int) async throws -> [String] {
        var found: [String] = []
        for _ in 0..<count {
            let answer = try await client.api(.GET, "\(path)/\(revision["id"]?.text ?? "")")
            found.append(answer.json["status"]?.string ?? answer.text)
        }
        return found
    }

    func log(_ revision: JSON, _ severity: Int = 3) async throws -> [JSON] {
        let answer = try await client.api(.GET, "\(path)/\(revision["id"]?.text ?? "")/logs?severity=\(severity)")
        return answer.json["items"]?.array ?? []
    }
}

struct RevisionTests {
    @Test func `a revision is done at the third look-up, and leaves the images that were asked for`() async throws {
        try await withSandbox { client async throws in
            let bench = try await ScanBench(client)
            let created = try await bench.create(bench.body(bench.nonce()))
            #expect(created.status == 201, "\(created.text)")
            #expect(created.first["status"] == "Queued" && created.first["metadata"] == ["sha256": "ab"])
            #expect(created.first["pipelineConfiguration"]?["indexingOptions"]?["extractPhotosphereImages"] == true)
            #expect(await client.server.describeContents().images == 0)
            #expect(try await bench.statuses(created.first, 4) == ["Queued", "Processing", "Done", "Done"])
            #expect(try await bench.log(created.first).count == 3)
            #expect(try await bench.log(created.first, 5).isEmpty)
            let found = await client.server.describeContents()
            #expect(found.collections == 1 && found.stations == 1 && found.images == 1)
            #expect(found.models == 1 && found.revisions == 1 && found.uploadedFiles == 7)
            #expect(found.danglingRelations.isEmpty && found.danglingFiles.isEmpty && found.emptyCollections.isEmpty)
            let model = try await client.api(.GET, "/3d/models/\(bench.model)").json
            let face = try await client.file("e57_\(created.first["id"]?.text ?? "")_0_front")
            #expect(face["dataSetId"] == model["dataSetId"] && face["mimeType"] == "image/jpeg")
        }
    }

    @Test(arguments: [true, false])
    func `without the beta header or the flag nothing is extracted`(beta: Bool) async throws {
        try await withSandbox { client async throws in
            let bench = try await ScanBench(client)
            let created = try await bench.create(bench.body(nil, extracts: .bool(!beta)), beta: beta)
            #expect(created.status == 201)
            #expect((created.first["pipelineConfiguration"] == nil) == !beta)
            #expect(try await bench.statuses(created.first, 3).last == "Done")
            #expect(await client.server.describeContents().images == 0)
        }
    }

    @Test func `an extraction needs a boolean, a space that exists and a nonce`() async throws {
        try await withSandbox { client async throws in
            let bench = try await ScanBench(client)
            let nonce = try await bench.nonce()
            #expect(try await bench.create(bench.body(nonce, extracts: "true")).message.contains("boolean"))
            #expect(try await bench.create(bench.body(nonce, space: "nowhere")).message.contains("spaces do not exist"))
            #expect(try await bench.create(bench.body(nil)).message.contains("needs a 'nonce'"))
            #expect(try await bench.create(bench.body("made up")).status == 400)
            // A refused request spends nothing; an accepted one does.
            #expect(try await bench.create(bench.body(nonce)).status == 201)
            #expect(try await bench.create(bench.body(nonce)).message.contains("used before"))
            #expect(await client.server.describeContents().revisions == 1)
            let log = JSON.array(try await client.requests()).text
            #expect(log.contains(#""nonce":"***""#) && !log.contains(nonce.string ?? ""))
        }
    }

    @Test(arguments: [true, false])
    func `a nonce expires`(byRule: Bool) async throws {
        var configuration = SandboxConfiguration()
        if !byRule { configuration.nonceLifetime = .zero }
        try await withSandbox(configuration) { client async throws in
            let bench = try await ScanBench(client)
            if byRule {
                try await client.faults([
                    "match": ["path": "/sessions"], "times": 1, "then": ["kind": "expiredNonce"],
                ])
            }
            #expect(try await bench.create(bench.body(bench.nonce())).message.contains("expired"))
            if byRule { #expect(try await bench.create(bench.body(bench.nonce())).status == 201) }
        }
    }

    @Test func `a revision needs an uploaded file and a model`() async throws {
        try await withSandbox { client async throws in
            let bench = try await ScanBench(client)
            #expect(try await client.post(bench.path, ["items": [["fileId": 5]]]).message.contains("not found"))
            let file = try await client.post("/files", ["name": "n", "externalId": "e"]).json["id"] ?? .null
            #expect(try await client.post(bench.path, ["items": [["fileId": file]]]).message.contains("not uploaded"))
            #expect(try await client.post("/3d/models/1/revisions", ["items": [["fileId": bench.file]]]).status == 404)
            #expect(try await client.api(.GET, "\(bench.path)/1").status == 404)
            #expect(try await client.api(.GET, "\(bench.path)/1/logs").status == 404)
        }
    }

    @Test func `a rule makes a revision slow, or fails it with the service's words`() async throws {
        try await withSandbox { client async throws in
            let bench = try await ScanBench(client)
            let line: JSON = ["severity": 5, "type": "PointCloud/Read", "info": "no images"]
            try await client.faults(
                [
                    "match": ["method": "POST", "path": "/3d/models/*/revisions"], "nth": [1],
                    "then": ["kind": "revision", "polls": 4, "fails": true, "log": [line]],
                ],
                [
                    "match": ["method": "POST", "path": "/3d/models/*/revisions"], "nth": [2],
                    "then": ["kind": "revision", "seconds": 3600],
                ],
                [
                    "match": ["method": "POST", "path": "/3d/models/*/revisions"], "nth": [3],
                    "then": ["kind": "revision", "polls": 0],
                ]
            )
            let failed = try await bench.create(bench.body(bench.nonce())).first
            #expect(
                try await bench.statuses(failed, 5) == ["Queued", "Processing", "Processing", "Processing", "Failed"]
            )
            #expect(try await bench.log(failed, 5).map { $0["info"] } == ["no images"])
            #expect(try await bench.log(failed, 7).isEmpty)
            let slow = try await bench.create(bench.body(bench.nonce())).first
            #expect(try await bench.statuses(slow, 9).last == "Processing")
            let quick = try await bench.create(bench.body(bench.nonce())).first
            let listed = try await client.api(.GET, bench.path).json["items"]?.array ?? []
            #expect(listed.map { $0["status"] } == ["Failed", "Processing", "Done"])
            #expect(listed.last?["id"] == quick["id"])
        }
    }

    @Test func `what is no scan has no images to extract`() async throws {
        try await withSandbox { client async throws in
            let bench = try await ScanBench(client, bytes: Array("a face".utf8))
            let created = try await bench.create(bench.body(bench.nonce())).first
            #expect(try await bench.statuses(created, 3).last == "Failed")
            #expect(try await bench.log(created, 7).first?["info"]?.string?.contains("neither an E57 file") == true)
        }
    }

    @Test func `a created revision whose answer is lost is there`() async throws {
        try await withSandbox { client async throws in
            let bench = try await ScanBench(client)
            try await client.faults([
                "match": ["method": "POST", "path": "/3d/models/*/revisions"], "then": ["kind": "lostAnswer"],
            ])
            await #expect(throws: (any Error).self) { try await bench.create(bench.body(bench.nonce())) }
            #expect(await client.server.describeContents().revisions == 1)
        }
    }

    @Test func `models and revisions are listed by pages, changed and deleted`() async throws {
        try await withSandbox { client async throws in
            let bench = try await ScanBench(client)
            _ = try await client.post("/3d/models", ["items": [["name": "b"], ["name": "c"]]])
            let first = try await client.api(.GET, "/3d/models?limit=2").json
            #expect(first["items"]?.array?.count == 2)
            let cursor = first["nextCursor"]?.string ?? ""
            let rest = try await client.api(.GET, "/3d/models?limit=2&cursor=\(cursor)").json
            #expect(rest["items"]?.array?.map { $0["name"] } == ["c"] && rest["nextCursor"] == nil)
            for limit in [0, 1001] {
                #expect(try await client.api(.GET, "/3d/models?limit=\(limit)").status == 400)
            }
            let model = JSON.int(Int64(bench.model) ?? 0)
            let renamed: JSON = [
                "items": [["id": model, "update": ["name": ["set": "z"], "dataSetId": ["setNull": true]]]]
            ]
            let answer = try await client.post("/3d/models/update", renamed)
            #expect(answer.first["name"] == "z" && answer.first["dataSetId"] == nil)
            let revision = try await bench.create(bench.body(bench.nonce())).first["id"] ?? .null
            let published: JSON = [
                "items": [["id": revision, "update": ["published": ["set": true], "metadata": ["add": ["k": "v"]]]]]
            ]
            let changed = try await client.post("\(bench.path)/update", published).first
            #expect(changed["published"] == true && changed["metadata"] == ["sha256": "ab", "k": "v"])
            #expect(try await client.api(.GET, "/3d/models?published=true").json["items"]?.array?.count == 1)
            let long: JSON = ["set": ["k": .string(String(repeating: "v", count: 513))]]
            let tooLong: JSON = ["items": [["id": revision, "update": ["metadata": long]]]]
            #expect(try await client.post("\(bench.path)/update", tooLong).status == 400)
            #expect(try await client.post("\(bench.path)/delete", ["items": [["id": 5]]]).status == 400)
            #expect(try await client.post("/3d/models/delete", ["items": [["id": model]]]).status == 200)
            let left = await client.server.describeContents()
            #expect(left.models == 2 && left.revisions == 0)
        }
    }

    @Test func `nonces and processing outlast a restart`() async throws {
        try await withFolder { folder in
            var configuration = SandboxConfiguration()
            configuration.data = folder
            let (path, revision, body) = try await withSandbox(configuration) { client async throws in
                let bench = try await ScanBench(client)
                let created = try await bench.create(bench.body(bench.nonce())).first
                _ = try await bench.statuses(created, 1)
                return (bench.path, created["id"]?.text ?? "", bench.body(try await bench.nonce()))
            }
            try await withSandbox(configuration) { client async throws in
                var statuses: [JSON?] = []
                for _ in 0..<2 { statuses.append(try await client.api(.GET, "\(path)/\(revision)").json["status"]) }
                #expect(statuses == ["Processing", "Done"])
                #expect(await client.server.describeContents().images == 1)
                let created = try await client.api(.POST, path, body, headers: ["cdf-version": "20230101-beta"])
                #expect(created.status == 201)
            }
        }
    }
}
