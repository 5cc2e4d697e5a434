import Hummingbird
import Logging
import Station

/// All addresses of the page, and an answer for those that do not exist.
struct PageRoutes: Sendable {
    private let pages: RouterResponder<PageContext>
    private let methods: AllowedMethods
    private let frame: PageFrame
    private let door: PageDoor

    /// - Parameters:
    ///   - areas: Whatever has an address.
    ///   - door: Who may see them.
    ///   - notices: What the next pages say about actions.
    /// - Throws: Where a template cannot be parsed, which is a bug.
    init(_ areas: [any PageArea], door: PageDoor, notices: Notices = Notices()) throws {
        self.door = door
        let files = try Pages()
        frame = PageFrame(files, navigation: areas.flatMap(\.navigation))
        // Monitors ask with HEAD.
        let router = Router(context: PageContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RefusalsAsPageErrors())
        router.add(middleware: NoticeOnce(notices: notices))
        Self.add(files.style, type: .css, at: "/style.css", to: router)
        Self.add(files.script, type: .script, at: "/drop360.js", to: router)
        for area in areas { area.add(to: router, frame: frame) }
        pages = router.buildResponder()
        methods = AllowedMethods(of: router)
    }

    /// Answers a request; never throws, so that each gets an answer.
    func answer(_ request: Request, in context: PageContext) async -> Response {
        var context = context
        do {
            context.visitor = try await door.admit(request, on: context.channel)
            return try await pages.respond(to: request, context: context).guarded
        } catch let error as PageError {
            return frame.answer(await refined(error, for: request, in: context), to: request).guarded
        } catch is CancellationError {
            let words = "drop360 is stopping."
            return frame.answer(.init(status: .serviceUnavailable, words: words), to: request).guarded
        } catch {
            context.logger.error(
                "the page could not be made",
                metadata: ["path": "\(printable(request.uri.path))", "error": "\(error)"]
            )
            return frame.answer(.unexpected, to: request).guarded
        }
    }

    /// An address that exists but does not take this method is distinguished from one that does not exist.
    private func refined(_ error: PageError, for request: Request, in context: PageContext) async -> PageError {
        guard error == .noSuchPage, let allowed = await methods.allowed(at: request, in: context),
            !allowed.contains(request.method)
        else { return error }
        return .notAllowed(request.method, allowed: allowed)
    }

    private static func add(
        _ file: Pages.SharedFile,
        type: Response.TextType,
        at path: RouterPath,
        to router: Router<PageContext>
    ) {
        router.get(path) { request, _ in
            var response = Response.text(file.text, type: type)
            if request.uri.query == file.digest { response.headers[.cacheControl] = "max-age=31536000, immutable" }
            return response
        }
    }
}
