/// One JSON request to the project, as it is sent and as `check --requests` shows it; always a POST.
package struct JSONRequest: Sendable {
    /// Relative to the project, with its query: `/files?overwrite=true`.
    package let path: String
    package let body: any Encodable & Sendable
    /// For messages: "the creation of file x".
    let asked: String
    let repeatability: Repeatability

    init(_ path: String, _ body: any Encodable & Sendable, asked: String, _ repeatability: Repeatability) {
        self.path = path
        self.body = body
        self.asked = asked
        self.repeatability = repeatability
    }
}

/// An answer of which only the status counts.
struct Nothing: Decodable, Sendable {}
