import HTTPTypes
import Hummingbird

/// Why a request gets a page with words instead of what it asked for.
struct PageError: Error, Equatable {
    var status: HTTPResponse.Status
    /// What happened, in one or two sentences.
    var words: String
    /// What the reader can do; nil where there is nothing.
    var advice: String?
    /// Header fields that belong to the status, such as `Allow`.
    var headers = HTTPFields()

    static func notFound(_ words: String, advice: String? = nil) -> Self {
        Self(status: .notFound, words: words, advice: advice)
    }

    static func badRequest(_ words: String, advice: String? = nil) -> Self {
        Self(status: .badRequest, words: words, advice: advice)
    }

    /// For an error that no area has foreseen; the log has the details.
    static let unexpected = Self(
        status: .internalServerError,
        words: "drop360 could not make this page. Deliveries continue.",
        advice: "Load the page again. If that does not help, look into the log: `journalctl -u drop360`."
    )

    static let noSuchPage = Self.notFound("There is no page at this address.", advice: "Start at the overview.")

    static func notAllowed(_ method: HTTPRequest.Method, allowed: [HTTPRequest.Method]) -> Self {
        let allowed = AllowedMethods.words(for: allowed)
        var headers = HTTPFields()
        headers[.allow] = allowed
        return Self(
            status: .methodNotAllowed,
            words: "This address does not take \(method.rawValue) requests, only \(allowed).",
            headers: headers
        )
    }

    /// What Hummingbird refuses by itself.
    init(_ error: HTTPError) {
        switch error.status {
        case .notFound where error.body == nil: self = .noSuchPage
        default:
            self.init(
                status: error.status,
                words: error.body ?? error.status.reasonPhrase + ".",
                headers: error.headers
            )
        }
    }

    init(status: HTTPResponse.Status, words: String, advice: String? = nil, headers: HTTPFields = .init()) {
        self.status = status
        self.words = words
        self.advice = advice
        self.headers = headers
    }
}

/// Passes on what Hummingbird refuses as ``PageError``: its router would answer with a body of its own.
struct RefusalsAsPageErrors: RouterMiddleware {
    func handle(
        _ request: Request,
        context: PageContext,
        next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            throw PageError(error)
        }
    }
}
