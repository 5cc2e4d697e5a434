import Foundation
import HTTPTypes
import Hummingbird
import LocalServer
import NIOCore

/// Handles every request: logs it, applies faults, and passes it to its endpoint.
struct Responder: HTTPResponder {
    /// The largest JSON body, in bytes, sent and decoded.
    static let bodyLimit = 64 << 20
    /// JSON bodies up to this many bytes are kept in the request log.
    static let loggedBodyLimit = 64 << 10

    let configuration: SandboxConfiguration
    let store: SandboxStore
    let contents: ContentService
    let tokens: Tokens
    let faults: FaultPlan
    let log: RequestLog

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let route = Route(request)
        if route.kind == .control { return try await Control(responder: self).respond(to: request, route: route) }
        if request.method == .options { return withCommonHeaders(Response(status: .noContent)) }
        let strike = faults.strike(method: route.method, path: route.path)
        let n = await log.begin(
            method: route.method,
            path: route.path,
            query: route.query,
            headers: Self.loggedHeaders(request),
            fault: strike?.name,
            at: store.now
        )
        var outcome = RequestLog.Outcome(status: .null)
        do {
            let response = try await answer(request, route, strike?.fault, context.connection, &outcome)
            if outcome.status == .null { outcome.status = .int(Int64(response.status.code)) }
            if configuration.answerDelay > .zero { try await Task.sleep(for: configuration.answerDelay) }
            try await log.finish(n, outcome, at: store.now)
            return withCommonHeaders(response)
        } catch {
            if outcome.status == .null { outcome.status = "broken" }
            try await log.finish(n, outcome, at: store.now)
            throw error
        }
    }

    private func answer(
        _ request: Request,
        _ route: Route,
        _ fault: Fault?,
        _ connection: Connection,
        _ outcome: inout RequestLog.Outcome
    ) async throws -> Response {
        var effects = UploadEffects()
        var throttle: Throttle?
        switch fault {
        case .reset(let count):
            outcome.status = "reset"
            if count > 0 {
                for try await bytes in request.body {
                    outcome.bytes += Int64(bytes.readableBytes)
                    if outcome.bytes >= count { break }
                }
            }
            await connection.reset()
            throw ConnectionBroken()
        case .stall:
            outcome.status = "stall"
            await connection.stall(request.body)
            throw ConnectionBroken()
        case .resetAfterBody:
            outcome.status = "resetAfterBody"
            try await drain(request, route, &outcome)
            await connection.reset()
            throw ConnectionBroken()
        case .status(let status, let retryAfter, let body, let headers):
            try await drain(request, route, &outcome)
            return Self.faulty(status, retryAfter: retryAfter, body: body, headers: headers)
        case .garbage:
            try await drain(request, route, &outcome)
            let page = "<!doctype html><html><body><h1>Welcome to the guest network</h1>Please sign in.</body></html>"
            return Response(
                status: .ok,
                headers: [.contentType: "text/html"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: page))
            )
        case .expireTokens: tokens.expireAll(at: store.now)
        case .expiredURL: effects.isExpired = true
        case .lateUploaded(let polls, let delay): (effects.polls, effects.delay) = (polls, delay)
        case .revision(let course): effects.course = course
        case .slow(let rate): throttle = Throttle(bytesPerSecond: rate)
        case .lostAnswer, nil: break
        }
        var response = await served(request, route, effects, throttle, &outcome)
        // Every server says when it answered; clients check their clocks against it.
        response.headers[.date] = Self.httpDate(milliseconds: store.now)
        if case .lostAnswer = fault {
            outcome.status = "lostAnswer"
            await connection.reset()
            throw ConnectionBroken()
        }
        if let throttle, route.kind != .upload { return Self.throttled(response, throttle) }
        return response
    }

    /// Carries out the request; a refusal becomes its answer.
    private func served(
        _ request: Request,
        _ route: Route,
        _ effects: UploadEffects,
        _ throttle: Throttle?,
        _ outcome: inout RequestLog.Outcome
    ) async -> Response {
        do {
            switch route.kind {
            case .control, .unknown: throw APIError.notFound("The sandbox does not serve \(route.path)")
            case .token: return try await issueToken(request, &outcome)
            case .upload:
                guard request.method == .put else { throw APIError(status: 405, message: "Method not allowed") }
                outcome.bytes = request.headers[.contentLength].flatMap(Int64.init) ?? 0
                let json = try await contents.receive(
                    request.body,
                    token: route.segments[0],
                    headers: request.headers,
                    effects: effects,
                    throttle: throttle
                )
                return Self.response(200, json)
            case .download: return try await download(route)
            case .inspect:
                try authorize(request)
                let (shape, spaces) = (await store.shape, await store.spaceNames)
                try shape.authorize([[Need("projectsAcl", "LIST"), Need("groupsAcl", "LIST")]])
                return Self.response(200, inspection(shape, spaces: spaces))
            case .api(let project):
                try authorize(request)
                guard project == configuration.project else { throw APIError.unauthorized }
                if route.path == "/files/icon" { return try await icon(route) }
                let body = try await readBody(request, &outcome)
                let call = Call(
                    method: route.method,
                    path: route.segments,
                    query: route.query,
                    body: body,
                    base: base(request),
                    isBeta: isBeta(request),
                    effects: effects
                )
                let (status, json) = try await Endpoints(store: store, contents: contents).answer(call)
                return Self.response(status, json)
            }
        } catch let error as APIError {
            return Self.response(error.status, error.json)
        } catch {
            return Self.response(500, APIError(status: 500, message: "Internal error of the sandbox: \(error)").json)
        }
    }

    private func isBeta(_ request: Request) -> Bool {
        HTTPField.Name("cdf-version").map { ["20230101-beta", "beta"].contains(request.headers[$0]) } ?? false
    }

    private func authorize(_ request: Request) throws {
        guard tokens.isValid(authorization: request.headers[.authorization], at: store.now) else {
            throw APIError.unauthorized
        }
    }

    /// The server as the client addressed it.
    private func base(_ request: Request) -> String {
        "http://\(request.head.authority ?? "127.0.0.1:\(configuration.port)")"
    }

    private func icon(_ route: Route) async throws -> Response {
        var item: [String: JSON] = [:]
        item["id"] = route.query["id"].flatMap(Int64.init).map(JSON.int)
        item["externalId"] = route.query["externalId"].map(JSON.string)
        if let space = route.query["space"], let name = route.query["instanceExternalId"] {
            item["instanceId"] = .reference(space, name)
        }
        try await store.shape.authorize([[Need("filesAcl", "READ")], [Need("dataModelInstancesAcl", "READ")]])
        guard let file = try await store.findFile(.object(item)) else {
            throw await store.filesNotFound([.object(item)])
        }
        return try await bytes(ofFile: file.id)
    }

    private func download(_ route: Route) async throws -> Response {
        guard let id = Int64(route.segments[0]), let expires = route.query["expires"].flatMap(Int64.init),
            route.query["signature"] == Secrets.sign("\(id).\(expires)")
        else { throw APIError.notFound("No such download") }
        guard expires > store.now else { throw APIError(status: 403, message: "The download URL has expired") }
        return try await bytes(ofFile: id)
    }

    private func bytes(ofFile id: Int64) async throws -> Response {
        let (body, mimeType, md5) = try await contents.body(ofFile: id)
        var headers: HTTPFields = [.contentType: mimeType]
        for (name, value) in await Self.digestHeaders(md5: md5, told: store.shape.digests) { headers[name] = value }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// How a download tells the MD5 of its contents, which is given in base64.
    private static func digestHeaders(md5: String, told: Set<ProjectShape.Digest>) -> [(HTTPField.Name, String)] {
        told.compactMap { digest in
            switch digest {
            case .etag:
                let hex = (Data(base64Encoded: md5) ?? Data()).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                return (.eTag, "\"\(hex.joined())\"")
            case .contentMD5: return HTTPField.Name("content-md5").map { ($0, md5) }
            case .googHash: return HTTPField.Name("x-goog-hash").map { ($0, "md5=\(md5)") }
            }
        }
    }
}
