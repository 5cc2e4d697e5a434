/// One JSON request to the project, as it is sent and as `check --requests` shows it; always a POST.
package struct JSONRequest: Sendable {
    /// Relative to the project, with its query: `/files?overwrite=true`.
    package let path: String
    package let body: any Encodable & Sendable
    /// For messages: "the creation of file x".
    let asked: String
    let repeatability: Repeatability
    /// The header `cdf-version`, for what only a preview of the API offers; nil for the stable one.
    let version: String?

    init(
        _ path: String,
        _ body: any Encodable & Sendable,
        asked: String,
        _ repeatability: Repeatability,
        version: String? = nil
    ) {
        self.path = path
        self.body = body
        self.asked = asked
        self.repeatability = repeatability
        self.version = version
    }
}

/// An answer of which only the status counts.
struct Nothing: Decodable, Sendable {}
