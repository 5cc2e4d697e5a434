import Mustache

/// A value that a form sends back as it is: unlike ``PageText``, nothing of it is replaced.
///
/// For attributes only.
struct PageField: MustacheCustomRenderable {
    private let text: String

    init(_ text: String) { self.text = text }

    var renderText: String { text }
    var isNull: Bool { false }
}
