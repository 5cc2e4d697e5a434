import Mustache
import Station

/// Text from outside that is shown on a page: without control characters, and of bounded length.
///
/// The template escapes what HTML would read as markup.
struct PageText: MustacheCustomRenderable, Hashable {
    private let text: String

    init(_ text: String) { self.text = printable(text, limit: 2000) }

    var renderText: String { text }
    var isNull: Bool { false }
}
