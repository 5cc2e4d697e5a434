import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import Sandbox

struct FileTests {
    private let create: JSON = [
        "name": "front.jpg", "externalId": "a/front", "mimeType": "image/jpeg", "directory": "/360/a",
        "metadata": ["face": "front"], "source": .null,
    ]

    @Test func `a file is created, uploaded, found and downloaded unchanged`() async throws {
        try await withSandbox { client async throws in
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let created = try await client.post("/files?overwrite=true", create)
            #expect(created.status == 201)
            #expect(created.json["uploaded"] == false)
            let put = try await client.put(try #require(created.json["uploadUrl"]?.string), bytes)
            #expect(put.status == 200)
            #expect(put.json["md5Hash"]?.string == Data(Insecure.MD5.hash(data: bytes)).base64EncodedString())
            #expect(put.json["size"] == "300000")

            let found = try await client.file("a/front")
            #expect(found["uploaded"] == true)
            #expect(found["metadata"] == ["face": "front"])
            let link = try await client.post("/files/downloadlink", ["items": [["externalId": "a/front"]]])
            let download = try await client.send(.GET, try #require(link.first["downloadUrl"]?.string))
            #expect(download.bytes == bytes)
            #expect(download.headers.first(name: "content-type") == "image/jpeg")
            #expect(download.headers.first(name: "access-control-allow-origin") == "*")
            let icon = try await client.api(.GET, "/files/icon?id=\(found["id"]?.int ?? 0)")
            #expect(icon.bytes == bytes)
        }
    }

    @Test(
        arguments: [
            (["externalId": "x"], "'name'"), (["name": .string(String(repeating: "n", count: 257))], "256"),
            (["name": "n", "externalId": .string(String(repeating: "e", count: 256))], "255"),
            (["name": "n", "metadata": ["image_resolution": 2048]], "must be a string"),
            (["name": "n", "metadata": ["k": .string(String(repeating: "v", count: 10_241))]], "10240"),
            (["name": "n", "dataSetId": 99], "does not exist"), (["name": "n", "directory": "relative"], "absolute"),
            (["name": "n", "mimeType": 5], "must be a string"), (["name": "n", "sourceCreatedTime": "now"], "integer"),
        ] as [(JSON, String)]
    )
    func `what the Files API refuses is refused`(body: JSON, reason: String) async throws {
        try await withSandbox { client async throws in
            let answer = try await client.post("/files", body)
            #expect(answer.status == 400)
            #expect(answer.message.contains(reason), "\(answer.message)")
            #expect(try await client.contents()["files"] == [])
        }
    }

    @Test func `overwrite decides whether an external id may be used again`() async throws {
        try await withSandbox { client async throws in
            try await client.upload("a/front", Array("old".utf8))
            let again = try await client.post("/files", create)
            #expect(again.status == 409)
            #expect(again.json["error"]?["duplicated"] == [["externalId": "a/front"]])
            let nameless = try await client.post("/files?overwrite=true", ["name": "n"])
            #expect(nameless.status == 400)

            let over = try await client.post("/files?overwrite=true", create)
            #expect(over.status == 201)
            let before = try await client.contents()["files"]?.array?.first
            #expect(before?["size"] == 3, "the old contents stay until the PUT")
            #expect(before?["directory"] == nil, "overwrite leaves the directory alone")
            #expect(before?["metadata"] == ["face": "front"])
            _ = try await client.put(try #require(over.json["uploadUrl"]?.string), Array("newer".utf8))
            #expect(try await client.contents()["files"]?.array?.first?["size"] == 5)
        }
    }

    @Test func `a PUT without a length is refused and one with authorization is noticed`() async throws {
        try await withSandbox { client async throws in
            let url = try await client.uploadURL(create)
            let chunks = [ByteBuffer(string: "a"), ByteBuffer(string: "b")].async
            let chunked = try await client.send(.PUT, url, body: .stream(chunks, length: .unknown))
            #expect(chunked.status == 411)
            #expect(try await client.file("a/front")["uploaded"] == false)
            let sent = try await client.put(url, [1, 2], headers: ["authorization": "Bearer leaked"])
            #expect(sent.status == 200)
            let puts = try await client.requests().filter { $0["method"] == "PUT" }
            #expect(puts.map { $0["headers"]?["authorization"] } == [false, true])
            #expect(puts.last?["bytes"] == 2)
        }
    }

    @Test func `an expired upload URL accepts nothing`() async throws {
        var configuration = SandboxConfiguration()
        configuration.uploadURLLifetime = .zero
        try await withSandbox(configuration) { client async throws in
            let url = try await client.uploadURL(create)
            #expect(try await client.put(url, [1]).status == 403)
            #expect(try await client.put("\(client.base)/upload/unknown", [1]).status == 404)
            #expect(try await client.file("a/front")["uploaded"] == false)
        }
    }

    @Test func `a multipart upload is joined from its parts`() async throws {
        var configuration = SandboxConfiguration()
        configuration.minimumPartSize = 4
        try await withSandbox(configuration) { client async throws in
            let session = try await client.post("/files/initmultipartupload?parts=2&overwrite=true", create)
            #expect(session.status == 201)
            let urls = (session.json["uploadUrls"]?.array ?? []).compactMap(\.string)
            try #require(urls.count == 2)
            let complete: JSON = ["externalId": "a/front", "uploadId": session.json["uploadId"] ?? ""]
            _ = try await client.put(urls[1], Array("the end".utf8))
            let early = try await client.post("/files/completemultipartupload", complete)
            #expect(early.message.contains("Part 1 of 2"))
            _ = try await client.put(urls[0], Array("tiny".utf8))
            let small = try await client.post("/files/completemultipartupload", complete)
            #expect(small.message.contains("larger than 4"))
            _ = try await client.put(urls[0], Array("the beginning, ".utf8))
            #expect(try await client.file("a/front")["uploaded"] == false)
            #expect(try await client.post("/files/completemultipartupload", complete).status == 200)
            #expect(try await client.file("a/front")["uploaded"] == true)
            let link = try await client.post("/files/downloadlink", ["items": [["externalId": "a/front"]]])
            let download = try await client.send(.GET, try #require(link.first["downloadUrl"]?.string))
            #expect(download.text == "the beginning, the end")
            #expect(try await client.post("/files/initmultipartupload?parts=251", create).status == 400)
        }
    }

    @Test func `zeros take no space, and are returned unchanged`() async throws {
        var configuration = SandboxConfiguration()
        configuration.minimumPartSize = 4
        try await withSandbox(configuration) { client async throws in
            let session = try await client.post("/files/initmultipartupload?parts=2&overwrite=true", create)
            let urls = (session.json["uploadUrls"]?.array ?? []).compactMap(\.string)
            try #require(urls.count == 2)
            let zeros = [UInt8](repeating: 0, count: 3_000_000)
            _ = try await client.put(urls[0], [1] + zeros)
            _ = try await client.put(urls[1], [2] + zeros)
            let complete: JSON = ["externalId": "a/front", "uploadId": session.json["uploadId"] ?? ""]
            // Whoever asks twice at the same time finds it being done, or done.
            async let first = client.post("/files/completemultipartupload", complete).status
            async let second = client.post("/files/completemultipartupload", complete).status
            let statuses = try await [first, second].sorted()
            #expect(statuses == [200, 400] || statuses == [200, 409], "\(statuses)")
            let link = try await client.post("/files/downloadlink", ["items": [["externalId": "a/front"]]])
            let download = try await client.send(.GET, try #require(link.first["downloadUrl"]?.string))
            #expect(Array(download.bytes) == [1] + zeros + [2] + zeros)
        }
    }

    @Test func `look-ups name what is missing and what is duplicated`() async throws {
        try await withSandbox { client async throws in
            try await client.upload("a")
            let missing = try await client.post("/files/byids", ["items": [["externalId": "A"], ["externalId": "B"]]])
            #expect(missing.status == 400)
            #expect(missing.message == "Files ids not found: A, B")
            #expect(missing.json["error"]?["missing"] == [["externalId": "A"], ["externalId": "B"]])
            let twice = try await client.post("/files/byids", ["items": [["externalId": "a"], ["externalId": "a"]]])
            #expect(twice.status == 409)
            #expect(twice.message == "Duplicate external ids: a")
            let lenient = try await client.post(
                "/files/byids",
                ["items": [["externalId": "a"], ["externalId": "B"]], "ignoreUnknownIds": true]
            )
            #expect(lenient.json["items"]?.array?.count == 1)
            let many = JSON.array((0...1000).map { ["externalId": .string("\($0)")] })
            #expect(try await client.post("/files/byids", ["items": many]).status == 400)
        }
    }

    @Test func `lists filter and page`() async throws {
        try await withSandbox { client async throws in
            for name in ["s1/a", "s1/b", "s2/a"] { try await client.upload(name) }
            _ = try await client.post("/files", ["name": "late", "externalId": "s1/c", "metadata": ["site": "9"]])
            let prefixed = try await client.post("/files/list", ["filter": ["externalIdPrefix": "s1/"], "limit": 2])
            #expect(prefixed.json["items"]?.array?.map { $0["externalId"] } == ["s1/a", "s1/b"])
            let next = try await client.post(
                "/files/list",
                ["filter": ["externalIdPrefix": "s1/"], "limit": 2, "cursor": prefixed.json["nextCursor"] ?? ""]
            )
            #expect(next.json["items"]?.array?.map { $0["externalId"] } == ["s1/c"])
            #expect(next.json["nextCursor"] == nil)
            let byMetadata = try await client.post(
                "/files/list",
                ["filter": ["metadata": ["site": "9"], "uploaded": false]]
            )
            #expect(byMetadata.json["items"]?.array?.count == 1)
            #expect(try await client.post("/files/list", ["filter": ["shape": "round"]]).status == 400)
            #expect(try await client.api(.GET, "/files?limit=3").json["items"]?.array?.count == 3)
        }
    }

    @Test func `updates and deletions take effect`() async throws {
        try await withSandbox { client async throws in
            try await client.upload("a")
            let updated = try await client.post(
                "/files/update",
                [
                    "items": [
                        [
                            "externalId": "a",
                            "update": [
                                "directory": ["set": "/x"], "metadata": ["add": ["k": "v"]],
                                "mimeType": ["setNull": true],
                            ],
                        ]
                    ]
                ]
            )
            #expect(updated.first["directory"] == "/x")
            #expect(updated.first["metadata"] == ["k": "v"])
            #expect(updated.first["mimeType"] == nil)
            #expect(try await client.post("/files/delete", ["items": [["externalId": "a"]]]).status == 200)
            #expect(try await client.post("/files/byids", ["items": [["externalId": "a"]]]).status == 400)
        }
    }

    @Test func `data sets can be found and created`() async throws {
        try await withSandbox { client async throws in
            let found = try await client.post("/datasets/byids", ["items": [["externalId": "sandbox"]]])
            let id = try #require(found.first["id"])
            let created = try await client.post("/files", ["name": "n", "externalId": "e", "dataSetId": id])
            #expect(created.json["dataSetId"] == id)
            let listed = try await client.post("/files/list", ["filter": ["dataSetIds": [["externalId": "sandbox"]]]])
            #expect(listed.json["items"]?.array?.count == 1)
            #expect(try await client.post("/datasets", ["items": [["externalId": "sandbox"]]]).status == 409)
            #expect(try await client.post("/datasets", ["items": [["externalId": "second"]]]).status == 201)
            let unknown = try await client.post("/datasets/byids", ["items": [["externalId": "third"]]])
            #expect(unknown.json["error"]?["missing"] == [["externalId": "third"]])
        }
    }
}

extension Array where Element: Sendable {
    /// The elements one by one, as a body whose length nobody knows.
    fileprivate var async: AsyncStream<Element> {
        AsyncStream { continuation in
            for element in self { continuation.yield(element) }
            continuation.finish()
        }
    }
}
