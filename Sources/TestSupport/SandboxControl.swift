package import Foundation
import FoundationNetworking

/// The sandbox's own endpoints over HTTP, as any client uses them: fault rules, the shape of the project and the request log.
package struct SandboxControl: Sendable {
    /// Where the sandbox listens, such as `http://127.0.0.1:41234`.
    package let base: String

    /// The sandbox refused a test's request.
    package struct Refused: Error {
        package var status: Int
        package var body: String
    }

    package init(base: String) { self.base = base }

    /// One request as the sandbox logged it.
    package struct LoggedRequest: Decodable, Sendable {
        package struct Headers: Decodable, Sendable {
            /// Whether there was one.
            package var authorization: Bool
            package var app: String?
            package var userAgent: String?
            package var contentType: String?
            package var contentLength: String?
            package var transferEncoding: String?

            private enum CodingKeys: String, CodingKey {
                case authorization
                case app = "x-cdp-app"
                case userAgent = "user-agent"
                case contentType = "content-type"
                case contentLength = "content-length"
                case transferEncoding = "transfer-encoding"
            }
        }

        package struct Body: Decodable, Sendable {
            package struct Item: Decodable, Sendable {
                package struct Write: Decodable, Sendable {
                    package struct View: Decodable, Sendable { package var externalId: String }
                    package var source: View
                }
                package var externalId: String?
                package var sources: [Write]?
            }
            package var items: [Item]?
        }

        package var n: Int
        package var method: String
        package var path: String
        package var query: [String: String]
        package var headers: Headers
        package var fault: String?
        package var requestBody: Body?

        /// Method and path, without the secret part of an upload address.
        package var line: String { "\(method) \(path.hasPrefix("/upload/") ? "/upload" : path)" }

        /// The views whose nodes the request writes, in order.
        package var views: [String] {
            (requestBody?.items ?? []).flatMap { ($0.sources ?? []).map(\.source.externalId) }
        }
    }

    /// Replaces all fault rules by these, each a JSON object.
    package func setFaults(_ rules: String...) async throws {
        let body = "{\"seed\": 7, \"rules\": [\(rules.joined(separator: ", "))]}"
        _ = try await send("POST", "/sandbox/faults", body)
    }

    package func clearFaults() async throws { _ = try await send("DELETE", "/sandbox/faults") }

    /// Gives the project another shape, a JSON object as `POST /sandbox/project` takes it; what it leaves out is as at the start.
    package func setProject(_ shape: String) async throws { _ = try await send("POST", "/sandbox/project", shape) }

    /// The requests with numbers above `number`, in order.
    package func requests(since number: Int = 0) async throws -> [LoggedRequest] {
        struct Log: Decodable { var requests: [LoggedRequest] }
        return try JSONDecoder().decode(Log.self, from: await send("GET", "/sandbox/requests?since=\(number)")).requests
    }

    /// Waits until `fact` is true of the log.
    package func until(_ fact: ([LoggedRequest]) -> Bool) async throws {
        while try await !fact(requests()) { await Task.yield() }
    }

    /// The whole contents of the sandbox, as JSON.
    package func contents() async throws -> Data { try await send("GET", "/sandbox/contents") }

    @discardableResult
    private func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> Data {
        guard let url = URL(string: base + path) else { throw Refused(status: 0, body: base + path) }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard status == 200 else { throw Refused(status: status, body: String(decoding: data, as: UTF8.self)) }
        return data
    }
}
