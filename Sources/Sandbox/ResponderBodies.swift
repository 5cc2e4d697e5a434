import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Responder {
    private static let jsonType = "application/json"

    /// The JSON body of `request`, decoded; an empty object for a request without one.
    func readBody(_ request: Request, _ outcome: inout RequestLog.Outcome) async throws -> JSON {
        guard request.method != .get, request.method != .head else { return [:] }
        let sent = try await collected(request, &outcome)
        let bytes = try decoded(sent, request)
        guard !bytes.isEmpty else { return [:] }
        do {
            let body = try JSON(parsing: bytes)
            if bytes.count <= Self.loggedBodyLimit { outcome.requestBody = RequestLog.redacted(body) }
            try check(body.object != nil, "The body must be a JSON object")
            return body
        } catch let error as JSONError {
            throw APIError.badRequest(error.description)
        }
    }

    private func collected(_ request: Request, _ outcome: inout RequestLog.Outcome) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await part in request.body {
            bytes.append(contentsOf: part.readableBytesView)
            guard bytes.count <= Self.bodyLimit else { throw APIError(status: 413, message: "The body is too large") }
        }
        outcome.bytes = Int64(bytes.count)
        return bytes
    }

    private func decoded(_ sent: [UInt8], _ request: Request) throws -> [UInt8] {
        switch request.headers[.contentEncoding] ?? "identity" {
        case "identity": return sent
        case "gzip":
            do { return try gunzip(sent, limit: Self.bodyLimit) } catch let error {
                throw APIError.badRequest(error.description)
            }
        case let other: throw APIError(status: 415, message: "The sandbox does not support the encoding '\(other)'")
        }
    }

    /// Reads a body that a fault keeps from taking effect, and logs it if it is JSON.
    func drain(_ request: Request, _ route: Route, _ outcome: inout RequestLog.Outcome) async throws {
        guard case .api = route.kind else {
            for try await part in request.body { outcome.bytes += Int64(part.readableBytes) }
            return
        }
        do {
            _ = try await readBody(request, &outcome)
        } catch is APIError {
            // What the body says doesn't matter to a request that fails anyway.
        }
    }

    func issueToken(_ request: Request, _ outcome: inout RequestLog.Outcome) async throws -> Response {
        guard request.method == .post else { throw APIError(status: 405, message: "Method not allowed") }
        let bytes = try await collected(request, &outcome)
        let form = TokenRequest(
            form: String(decoding: bytes, as: UTF8.self),
            authorization: request.headers[.authorization]
        )
        outcome.requestBody = form.redacted
        if let (code, description) = form.problem(
            clientID: configuration.clientID,
            clientSecret: configuration.clientSecret
        ) {
            let status = code == "invalid_client" ? 401 : 400
            return Self.response(status, ["error": .string(code), "error_description": .string(description)])
        }
        return Self.response(
            200,
            [
                "access_token": .string(tokens.issue(at: store.now)), "token_type": "Bearer",
                "expires_in": .int(configuration.tokenLifetime.components.seconds),
            ]
        )
    }

    /// The time in the format of headers: `Wed, 25 Nov 2026 19:00:00 GMT`.
    static func httpDate(milliseconds: Int64) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }

    static func response(_ status: Int, _ json: JSON) -> Response {
        Response(
            status: .init(code: status),
            headers: [.contentType: jsonType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.utf8))
        )
    }

    static func faulty(_ status: Int, retryAfter: Int?, body: String?, headers: [String: String]) -> Response {
        let message = APIError(status: status, message: "A fault rule of the sandbox made this request fail").json
        var response = Self.response(status, message)
        if let body {
            response = Response(
                status: .init(code: status),
                headers: [.contentType: jsonType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: body))
            )
        }
        if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }

    /// The same answer, with its body throttled.
    static func throttled(_ response: Response, _ throttle: Throttle) -> Response {
        let (body, length) = (response.body, response.body.contentLength)
        var throttled = response
        throttled.body = ResponseBody(contentLength: length) { writer in
            try await body.write(ThrottledWriter(parent: writer, throttle: throttle))
        }
        return throttled
    }

    /// Adds the headers of every answer.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - allowsOtherOrigins: Pages from other sites, such as a viewer, may read it, as with CDF. The sandbox's own pages are not for them.
    func withCommonHeaders(_ response: Response, allowsOtherOrigins: Bool = true) -> Response {
        var response = response
        if let name = HTTPField.Name("x-request-id") { response.headers[name] = UUID().uuidString.lowercased() }
        guard allowsOtherOrigins else { return response }
        let fields = [
            "access-control-allow-origin": "*",
            "access-control-allow-methods": "GET, HEAD, POST, PUT, OPTIONS",
            "access-control-allow-headers":
                "authorization, content-type, content-encoding, accept, cdf-version, x-cdp-app, x-cdp-sdk, "
                + "x-cdp-clienttag, x-upload-content-type, x-ms-blob-content-type",
            "access-control-expose-headers": "x-request-id", "access-control-max-age": "600",
        ]
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }

    static func loggedHeaders(_ request: Request) -> JSON {
        func value(_ name: String) -> JSON? { HTTPField.Name(name).flatMap { request.headers[$0] }.map(JSON.string) }
        return .members([
            "authorization": .bool(request.headers[.authorization] != nil), "x-cdp-app": value("x-cdp-app"),
            "x-cdp-sdk": value("x-cdp-sdk"), "cdf-version": value("cdf-version"), "user-agent": value("user-agent"),
            "content-type": value("content-type"), "content-encoding": value("content-encoding"),
            "content-length": value("content-length"), "transfer-encoding": value("transfer-encoding"),
        ])
    }
}

/// Writes a body in small pieces, each after a delay.
private struct ThrottledWriter: ResponseBodyWriter {
    var parent: any ResponseBodyWriter
    let throttle: Throttle

    mutating func write(_ buffer: ByteBuffer) async throws {
        var rest = buffer
        let step = max(1, min(16_384, throttle.bytesPerSecond / 10))
        while let piece = rest.readSlice(length: min(step, rest.readableBytes)), piece.readableBytes > 0 {
            try await throttle.wait(for: piece.readableBytes)
            try await parent.write(piece)
        }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await parent.finish(trailingHeaders)
    }
}
