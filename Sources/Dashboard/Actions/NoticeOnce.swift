import Hummingbird

/// Has the page after an action show what came of it.
struct NoticeOnce: RouterMiddleware {
    let notices: Notices

    func handle(
        _ request: Request,
        context: PageContext,
        next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .get, let key = request.uri.queryParameters["notice"],
            let notice = notices.take(String(key), for: context.visitor)
        else { return try await next(request, context) }
        return try await Notice.$current.withValue(notice) { try await next(request, context) }
    }
}
