import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport

@testable import Sandbox

/// One answer of the sandbox.
struct Answer {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    var json: JSON {
        do { return try JSON(parsing: bytes) } catch { return .string(String(decoding: bytes, as: UTF8.self)) }
    }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The `message` of an error.
    var message: String { json["error"]?["message"]?.string ?? "" }
    var first: JSON { json["items"]?.array?.first ?? .null }
}

/// Talks to one running sandbox.
struct SandboxClient {
    let server: SandboxServer
    let base: String
    var token: String? = Tokens.fixed

    func send(
        _ method: HTTPMethod,
        _ url: String,
        headers: HTTPHeaders = [:],
        body: HTTPClientRequest.Body? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers = headers
        request.body = body
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            bytes: Array(bytes.readableBytesView)
        )
    }

    /// A request to the API, `path` relative to the project.
    func api(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil, headers: HTTPHeaders = [:]) async throws
        -> Answer
    {
        var headers = headers
        if let token { headers.add(name: "authorization", value: "Bearer \(token)") }
        headers.add(name: "content-type", value: "application/json")
        return try await send(
            method,
            "\(base)/api/v1/projects/sandbox\(path)",
            headers: headers,
            body: body.map { .bytes($0.utf8) }
        )
    }

    func post(_ path: String, _ body: JSON) async throws -> Answer { try await api(.POST, path, body) }

    func put(_ url: String, _ bytes: [UInt8], headers: HTTPHeaders = [:]) async throws -> Answer {
        try await send(.PUT, url, headers: headers, body: .bytes(bytes))
    }

    /// Creates the file that `body` describes and answers where to PUT its contents.
    func uploadURL(_ body: JSON) async throws -> String {
        let answer = try await post("/files?overwrite=true", body)
        guard let url = answer.json["uploadUrl"]?.string else { throw UnexpectedAnswer(answer: answer) }
        return url
    }

    /// Creates a file and uploads `bytes` to it.
    @discardableResult
    func upload(_ externalID: String, _ bytes: [UInt8] = Array("face".utf8), mimeType: String = "image/jpeg")
        async throws -> Answer
    {
        let created = try await post(
            "/files?overwrite=true",
            ["name": .string("\(externalID).jpg"), "externalId": .string(externalID), "mimeType": .string(mimeType)]
        )
        return try await put(created.json["uploadUrl"]?.string ?? "", bytes)
    }

    func file(_ externalID: String) async throws -> JSON {
        try await post("/files/byids", ["items": [["externalId": .string(externalID)]]]).first
    }

    func faults(_ rules: JSON...) async throws {
        let answer = try await send(
            .POST,
            "\(base)/sandbox/faults",
            body: .bytes(JSON.object(["seed": 7, "rules": .array(rules)]).utf8)
        )
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    }

    /// Gives the project another shape.
    func shape(_ shape: JSON) async throws -> Answer {
        try await send(.POST, "\(base)/sandbox/project", body: .bytes(shape.utf8))
    }

    func requests() async throws -> [JSON] {
        try await send(.GET, "\(base)/sandbox/requests?since=0").json["requests"]?.array ?? []
    }

    func contents() async throws -> JSON { try await send(.GET, "\(base)/sandbox/contents").json }
}

extension SandboxClient {
    /// Writes nodes; throws if they are refused.
    @discardableResult
    func write(_ items: JSON..., creating: Bool = false) async throws -> JSON {
        let body: JSON = ["items": .array(items), "autoCreateDirectRelations": .bool(creating)]
        let answer = try await post("/models/instances", body)
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
        return answer.json
    }

    /// The properties of a node in a view of the core data model; nil if it has no data there.
    func properties(_ node: String, in view: String) async throws -> JSON? {
        let answer = try await post(
            "/models/instances/byids",
            [
                "items": [["instanceType": "node", "space": "sandbox", "externalId": .string(node)]],
                "sources": [["source": Bodies.core(view)]],
            ]
        )
        return answer.first["properties"]?["cdf_cdm"]?["\(view)/v1"]
    }

    /// Asks for the link by which a node's file is uploaded.
    func uploadLink(_ node: String) async throws -> Answer {
        try await post("/files/uploadlink", ["items": [["instanceId": .reference("sandbox", node)]]])
    }
}

struct UnexpectedAnswer: Error { let answer: Answer }

/// Runs a sandbox on a free port for as long as `body` takes.
func withSandbox<Result: Sendable>(
    _ configuration: SandboxConfiguration = SandboxConfiguration(),
    _ body: @Sendable (SandboxClient) async throws -> Result
) async throws -> Result {
    try await RunningSandbox.run(configuration) { sandbox in
        try await body(SandboxClient(server: sandbox.server, base: sandbox.base))
    }
}

/// A folder that is removed when `body` ends.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sandbox-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
        let result = try await body(folder.path)
        try FileManager.default.removeItem(at: folder)
        return result
    } catch {
        try FileManager.default.removeItem(at: folder)
        throw error
    }
}
