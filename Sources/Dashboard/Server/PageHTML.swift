import Mustache

/// HTML, escaped scalar by scalar.
///
/// Mustache's own escaping goes by `Character`: it misses a `<` or `"` that is one character with its neighbour, as after U+0D4E or before
/// a combining accent.
struct PageHTML: MustacheContentType {
    static let name = "PAGE"
    /// Stands at the top of each template: it is not inherited by what a template includes.
    static let pragma = "{{% CONTENT_TYPE:\(name)}}"

    private static let escapes: [Unicode.Scalar: String] = [
        "<": "&lt;", ">": "&gt;", "&": "&amp;", "\"": "&quot;", "'": "&#39;",
    ]

    func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let entity = Self.escapes[scalar] {
                escaped.append(contentsOf: entity.unicodeScalars)
            } else {
                escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
