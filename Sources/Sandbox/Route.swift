import Foundation
import Hummingbird

/// Where a request goes, and its path in fault rules and the request log.
struct Route: Sendable {
    enum Kind: Equatable, Sendable {
        /// The sandbox's own: `/` and `/sandbox/…`; never logged, never faulty.
        case control
        case token
        case upload
        case download
        case inspect
        case api(project: String)
        case unknown
    }

    let kind: Kind
    let method: String
    /// Relative to the project for the API: `/files/byids`; else as sent.
    let path: String
    /// The decoded segments of ``path`` that belong to the endpoint.
    let segments: [String]
    let query: [String: String]

    init(_ request: Request) {
        method = request.method.rawValue
        query = Form.parse(request.uri.query ?? "")
        let raw = request.uri.path
        let segments = raw.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        switch segments.first {
        case nil, "sandbox": (kind, path, self.segments) = (.control, raw, segments)
        case "oauth2" where raw == "/oauth2/token": (kind, path, self.segments) = (.token, raw, segments)
        case "upload" where segments.count == 2: (kind, path, self.segments) = (.upload, raw, [segments[1]])
        case "download" where segments.count == 2: (kind, path, self.segments) = (.download, raw, [segments[1]])
        case "api" where raw == "/api/v1/token/inspect":
            (kind, path, self.segments) = (.inspect, "/token/inspect", segments)
        case "api" where segments.count >= 5 && segments[1] == "v1" && segments[2] == "projects":
            self.segments = Array(segments.dropFirst(4))
            (kind, path) = (.api(project: segments[3]), "/" + self.segments.joined(separator: "/"))
        default: (kind, path, self.segments) = (.unknown, raw, segments)
        }
    }
}
