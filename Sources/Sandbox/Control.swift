import HTTPTypes
import Hummingbird
import LocalServer
import NIOCore

/// The sandbox's own endpoints: its page, its fault rules, the shape of its project, its request log and its contents.
struct Control {
    /// The sandbox listens on 127.0.0.1.
    ///
    /// The API itself answers under any host name, as it may be behind a proxy; it requires a token.
    private static let hosts = HostRule(listening: "127.0.0.1")

    let responder: Responder

    func respond(to request: Request, route: Route) async throws -> Response {
        do {
            guard Self.hosts.allows(request.head) else {
                throw APIError(
                    status: 421,
                    message: "The sandbox's own pages are served only as 127.0.0.1 and localhost"
                )
            }
            let isChange = ![.get, .head].contains(request.method)
            guard !isChange || Self.hosts.allowsChange(request.head) else {
                throw APIError(
                    status: 403,
                    message:
                        "A page from another site may not change the sandbox; send application/json without an Origin"
                )
            }
            return responder.withCommonHeaders(try await answer(request, route), allowsOtherOrigins: false)
        } catch let error as APIError {
            return responder.withCommonHeaders(Responder.response(error.status, error.json), allowsOtherOrigins: false)
        }
    }

    private func answer(_ request: Request, _ route: Route) async throws -> Response {
        let since = route.query["since"].flatMap(Int.init) ?? 0
        switch (route.method, route.segments) {
        case ("GET", []): return page(request, await responder.store.audit)
        case ("POST", ["sandbox", "faults"]):
            var unlogged = RequestLog.Outcome(status: .null)
            try responder.faults.replace(try await responder.readBody(request, &unlogged))
            return Responder.response(200, responder.faults.json)
        case ("GET", ["sandbox", "faults"]): return Responder.response(200, responder.faults.json)
        case ("DELETE", ["sandbox", "faults"]):
            responder.faults.clear()
            return Responder.response(200, responder.faults.json)
        case ("POST", ["sandbox", "project"]):
            var unlogged = RequestLog.Outcome(status: .null)
            let body = try await responder.readBody(request, &unlogged)
            let shape = try ProjectShape(body, otherwise: responder.configuration.shape)
            await responder.store.reshape(shape)
            return Responder.response(200, shape.json)
        case ("GET", ["sandbox", "project"]): return Responder.response(200, await responder.store.shape.json)
        case ("GET", ["sandbox", "requests"]):
            return Responder.response(200, await responder.log.json(since: since))
        case ("DELETE", ["sandbox", "requests"]):
            await responder.log.clear()
            return Responder.response(200, [:])
        case ("GET", ["sandbox", "contents"]): return Responder.response(200, await responder.store.audit.json)
        default: throw APIError.notFound("The sandbox does not serve \(route.method) \(route.path)")
        }
    }

    private func page(_ request: Request, _ audit: Audit) -> Response {
        let base = "http://\(request.head.authority ?? "127.0.0.1:\(responder.configuration.port)")"
        let html = WelcomePage(audit: audit, base: base, project: responder.configuration.project).html
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8"]
        if let policy = HTTPField.Name("content-security-policy") {
            headers[policy] = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}
