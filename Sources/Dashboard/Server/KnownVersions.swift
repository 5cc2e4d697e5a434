import HTTPTypes

/// What a browser has already, by `If-None-Match` (RFC 9110, 13.1.2): the versions of what it asks for.
struct KnownVersions: Equatable {
    /// `*`: any version.
    private var isAny = false
    /// With their quotation marks; whether a tag is weak makes no difference here.
    private var tags: Set<Substring> = []

    init(_ headers: HTTPFields) {
        guard let text = headers[.ifNoneMatch] else { return }
        if text == "*" {
            isAny = true
            return
        }
        var rest = Substring(text)
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            if rest.hasPrefix("W/") { rest = rest.dropFirst(2) }
            // A tag may hold commas. What is no tag ends the list: it says nothing that could be relied on.
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return }
            tags.insert(rest[...end])
            rest = rest[rest.index(after: end)...]
        }
    }

    var isEmpty: Bool { !isAny && tags.isEmpty }

    /// - Parameter tag: As in `ETag`, with its quotation marks.
    func contains(_ tag: String) -> Bool { isAny || tags.contains(Substring(tag)) }
}
