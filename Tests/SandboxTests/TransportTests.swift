import AsyncHTTPClient
import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

struct TransportTests {
    /// `{"items": [{"externalId": "a"}], "ignoreUnknownIds": true}`, as `gzip -9` packs it.
    private static let packed =
        "H4sIAAAAAAACA6tWyixJzS1WslKIrlZKrShJLcpLzPFMAfKVEpVqY3UUlDLT8/KLUkPzsvPyy/M8U0BKS4pKU2sBtjQ56zoAAAA="
    /// Two thousand times `0123456789 station `, as `gzip -9` packs it.
    private static let packedLong =
        "H4sIAAAAAAACA+3IsRGAIBAAsFUY4UVUHIeSBgvY/9jBOikTRz7LdT/1TXO11b+RQimllFJKKaWUUkoppZRSSimllFJKKaWUUkoppZRSSimllFJKKaWUUkoppZRSSimllFJKKaWUUkoppZRSSimllFJKKaWUUkoppZRSSimllFJKKaWUUkoppZRSSin1rzZm3EX3cJQAAA=="

    private func bytes(_ text: String) throws -> [UInt8] { Array(try #require(Data(base64Encoded: text))) }

    @Test func `a gzipped body is understood`() async throws {
        let body = try bytes(Self.packed)
        try await withSandbox { client async throws in
            var headers: HTTPHeaders = ["authorization": "Bearer sandbox", "content-encoding": "gzip"]
            let url = "\(client.base)/api/v1/projects/sandbox/files/byids"
            let answer = try await client.send(.POST, url, headers: headers, body: .bytes(body))
            #expect(answer.json == ["items": []])
            #expect(try await client.requests().first?["requestBody"]?["ignoreUnknownIds"] == true)
            let torn = try await client.send(.POST, url, headers: headers, body: .bytes(Array(body.dropLast(12))))
            #expect(torn.status == 400)
            headers.replaceOrAdd(name: "content-encoding", value: "br")
            #expect(try await client.send(.POST, url, headers: headers, body: .bytes(body)).status == 415)
        }
    }

    @Test func `long repetitions are unpacked, bounded, and checked`() throws {
        let body = try bytes(Self.packedLong)
        let text = String(repeating: "0123456789 station ", count: 2000)
        #expect(try gunzip(body, limit: 1 << 20) == Array(text.utf8))
        #expect(throws: GzipError.self) { try gunzip(body, limit: 1000) }
        var flipped = body
        flipped[body.count - 6] ^= 1
        #expect(throws: GzipError.self) { try gunzip(flipped, limit: 1 << 20) }
    }

    @Test(arguments: [
        "{", "[1,]", "{\"a\":1,\"a\":2}", "NaN", "01", "\"\\ud800\"", "\"\u{1}\"", "[] x", "1e999", "{'a':1}",
    ])
    func `what is not JSON is not read`(text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test func `JSON keeps its values from reading to writing`() throws {
        let text = #"{"a":[1,-2.5,true,null,"é\n\"\\\u0001"],"b":{},"c":9007199254740993}"#
        let value = try JSON(parsing: Array(text.utf8))
        #expect(value.text == text)
        #expect(try JSON(parsing: Array(#""😀\/""#.utf8)) == "😀/")
        #expect(value["c"] == 9_007_199_254_740_993)
    }

    @Test func `a body that is not JSON is refused`() async throws {
        try await withSandbox { client async throws in
            let answer = try await client.send(
                .POST,
                "\(client.base)/api/v1/projects/sandbox/models/instances",
                headers: ["authorization": "Bearer sandbox"],
                body: .bytes(Array(#"{"x": NaN}"#.utf8))
            )
            #expect(answer.status == 400)
            #expect(answer.message.contains("Invalid JSON"))
            #expect(try await client.api(.GET, "/timeseries").status == 404)
        }
    }

    @Test func `the page shows labels as text and faces as images`() async throws {
        try await withSandbox { client async throws in
            for face in Bodies.faces { try await client.upload("img/\(face.lowercased())", Array(face.utf8)) }
            let collection = Bodies.node(
                "coll",
                Bodies.legacy("Image360Collection"),
                ["label": "<script>alert(1)</script>"]
            )
            _ = try await client.post("/models/instances", Bodies.apply(collection, Bodies.station, Bodies.image()))
            let page = try await client.send(.GET, "\(client.base)/").text
            #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
            #expect(!page.contains("<script"))
            let sources = page.matches(of: /src="([^"]+)"/).map { String($0.1).replacing("&amp;", with: "&") }
            #expect(sources.count == 6)
            #expect(try await client.send(.GET, client.base + (sources.first ?? "")).text == "Front")
        }
    }

    @Test func `the audit finds what would break a viewer`() async throws {
        try await withSandbox { client async throws in
            try await client.upload("img/front")
            _ = try await client.post("/files", ["name": "n", "externalId": "img/back"])
            let empty = Bodies.node("empty", Bodies.legacy("Image360Collection"), ["label": "e"])
            _ = try await client.post(
                "/models/instances",
                Bodies.apply(
                    Bodies.collection,
                    Bodies.station,
                    empty,
                    Bodies.image(),
                    Bodies.image("two", with: ["cubeMapFront": "img/front"])
                )
            )
            let contents = try await client.contents()
            let own = contents["danglingFiles"]?.array?.filter { $0["image"]?["externalId"] == "img" }
            #expect(own?.count == 5)
            #expect(own?.first { $0["property"] == "cubeMapBack" }?["reason"] == "notUploaded")
            #expect(contents["sharedFiles"] == ["img/front"])
            #expect(contents["emptyCollections"] == [.reference("sandbox", "empty")])
            _ = try await client.post(
                "/models/instances/delete",
                ["items": [["instanceType": "node", "space": "sandbox", "externalId": "st"]]]
            )
            #expect(try await client.contents()["danglingRelations"]?.array?.count == 2)
        }
    }
}
