import Foundation
import Logging
import NIOHTTP1
import Testing

@testable import Sandbox

struct PersistenceTests {
    private func configuration(_ folder: String) -> SandboxConfiguration {
        var configuration = SandboxConfiguration()
        configuration.data = folder
        return configuration
    }

    @Test func `everything is there again after a restart`() async throws {
        try await withFolder { folder in
            let before = try await withSandbox(configuration(folder)) { client async throws in
                for face in Bodies.faces { try await client.upload("img/\(face.lowercased())", Array(face.utf8)) }
                _ = try await client.post(
                    "/models/instances",
                    Bodies.apply(Bodies.collection, Bodies.station, Bodies.image())
                )
                _ = try await client.post("/3d/models", ["items": [["name": "m"]]])
                return try await client.contents()
            }
            try await withSandbox(configuration(folder)) { client async throws in
                #expect(try await client.contents() == before)
                let link = try await client.post("/files/downloadlink", ["items": [["externalId": "img/front"]]])
                #expect(try await client.send(.GET, link.first["downloadUrl"]?.string ?? "").text == "Front")
                #expect(try await client.api(.GET, "/3d/models").json["items"]?.array?.count == 1)
                let again = try await client.post("/models/instances", Bodies.apply(Bodies.image()))
                #expect(again.first["wasModified"] == false)
                let described = await client.server.describeContents()
                #expect(described.images == 1 && described.uploadedFiles == 6)
            }
        }
    }

    @Test func `nodes' files, labels and categories are there again, and the project has its usual shape`() async throws
    {
        try await withFolder { folder in
            try await withSandbox(configuration(folder)) { client async throws in
                try await CoreBodies.site(client)
                let link = try await client.uploadLink("fFront")
                #expect(try await client.put(link.first["uploadUrl"]?.string ?? "", [1, 2]).status == 200)
                _ = try await client.post("/labels", ["items": [["externalId": "360", "name": "360"]]])
                #expect(try await client.shape(["models": ["legacy"]]).status == 200)
            }
            try await withSandbox(configuration(folder)) { client async throws in
                #expect(try await client.properties("fFront", in: "CogniteFile")?["isUploaded"] == true)
                #expect(try await client.uploadLink("fBack").status == 200)
                let again = try await client.write(CoreBodies.image(), CoreBodies.file("fFront"))
                #expect(again["items"]?.array?.map { $0["wasModified"] } == [false, false])
                let labels = try await client.post("/labels/list", [:]).json["items"]?.array ?? []
                #expect(labels.map { $0["externalId"] } == ["sandbox", "360"])
            }
        }
    }

    @Test func `a torn last line is dropped, and an upload URL survives a restart`() async throws {
        try await withFolder { folder in
            let url = try await withSandbox(configuration(folder)) { client async throws in
                try await client.uploadURL(["name": "n", "externalId": "a"])
            }
            let journal = URL(fileURLWithPath: folder).appending(path: "journal.jsonl")
            let handle = try FileHandle(forWritingTo: journal)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"[{"fileDeleted":{"_0":10"#.utf8))
            try handle.close()
            try Data("stray".utf8).write(to: URL(fileURLWithPath: folder).appending(path: "blobs/stray"))
            try await withSandbox(configuration(folder)) { client async throws in
                let path = try #require(url.split(separator: "/").last)
                #expect(try await client.put("\(client.base)/upload/\(path)", [1]).status == 200)
                #expect(try await client.file("a")["uploaded"] == true)
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/blobs").count == 1)
            }
        }
    }

    @Test func `a folder serves one sandbox at a time`() async throws {
        try await withFolder { folder in
            try await withSandbox(configuration(folder)) { client async throws in
                let error = #expect(throws: JournalError.self) {
                    try SandboxServer(configuration: configuration(folder), logger: .init(label: "second"))
                }
                #expect(error?.description.contains("Another sandbox is using the folder") == true)
                #expect(try await client.api(.GET, "/models/spaces").status == 200)
            }
        }
    }

    @Test func `damage in the middle of the journal stops the sandbox with a message`() async throws {
        try await withFolder { folder in
            try Data("nonsense\n[]\n".utf8).write(to: URL(fileURLWithPath: folder).appending(path: "journal.jsonl"))
            let error = #expect(throws: JournalError.self) {
                try SandboxServer(configuration: configuration(folder), logger: .init(label: "damaged"))
            }
            #expect(error?.description.contains("Line 1 of") == true)
        }
    }

    @Test func `without a data folder nothing is left behind`() async throws {
        let blobs = try await withSandbox { client async throws in
            try await client.upload("a")
            return await client.server.blobsFolder
        }
        #expect(!FileManager.default.fileExists(atPath: blobs.path))
    }
}
