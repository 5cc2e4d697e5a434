import Foundation
import Mustache
import Station

/// The templates, the script and the style sheet: files of `Resources`, which are compiled in.
///
/// The binary serves them wherever it is installed.
struct Pages: Sendable {
    /// A file that browsers may keep for good: its address has the digest as query, so another version of drop360 has another address.
    struct SharedFile: Sendable {
        let text: String
        let digest: String

        init(_ parts: [[UInt8]]) {
            text = parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
            digest = String(ContentDigest(over: [text]).rawValue.prefix(12))
        }
    }

    let style = SharedFile(Self.styles)
    let script = SharedFile(Self.scripts)
    private let library: MustacheLibrary

    /// - Throws: Where a template cannot be parsed: a bug, which `PagesTests` would find.
    init() throws {
        MustacheContentTypes.register(PageHTML(), named: PageHTML.name)
        var library = MustacheLibrary()
        for template in Template.allCases {
            try library.register(
                PageHTML.pragma + "\n" + String(decoding: template.source, as: UTF8.self),
                named: template.rawValue
            )
        }
        self.library = library
    }

    func render(_ template: Template, _ content: Any) -> String {
        guard let text = library.render(content, withTemplate: template.rawValue) else {
            preconditionFailure("every template is registered")
        }
        return text
    }
}
