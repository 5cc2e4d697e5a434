import HTTPTypes
import Hummingbird

/// What all pages have in common: the layout with its navigation, and how an error is told.
struct PageFrame: Sendable {
    private let pages: Pages
    private let navigation: [NavigationEntry]

    init(_ pages: Pages, navigation: [NavigationEntry]) {
        self.pages = pages
        self.navigation = navigation
    }

    /// A page.
    ///
    /// - Parameters:
    ///   - template: The template of its content, which fills in the layout.
    ///   - title: For the browser's tab; may come from outside.
    ///   - section: The path of the navigation's entry that it belongs to.
    ///   - content: Looked up by name from the template. Text from outside must be ``PageText``.
    ///   - status: The status of the answer.
    func page(
        _ template: Template,
        title: String,
        section: String? = nil,
        content: Any,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        .text(html(template, title: title, section: section, content: content), type: .html, status: status)
    }

    /// The text of a page.
    func html(_ template: Template, title: String, section: String? = nil, content: Any) -> String {
        let layout = Layout(
            title: PageText(title),
            navigation: navigation.map { .init(path: $0.path, title: $0.title, isCurrent: $0.path == section) },
            style: pages.style.digest,
            script: pages.script.digest,
            notice: Notice.current,
            content: content
        )
        return pages.render(template, layout)
    }

    /// The answer to a request that cannot be met: a page for browsers, one line for everything else.
    func answer(_ error: PageError, to request: Request) -> Response {
        var response: Response
        if request.headers[.accept]?.contains("text/html") == true {
            let content = ErrorContent(
                heading: "\(error.status.code) \(error.status.reasonPhrase)",
                words: PageText(error.words),
                advice: error.advice.map { PageText($0) }
            )
            response = page(.error, title: error.status.reasonPhrase, content: content, status: error.status)
        } else {
            let words = [error.words, error.advice].compactMap(\.self).joined(separator: " ")
            response = .text(words + "\n", type: .plain, status: error.status)
        }
        for field in error.headers { response.headers[field.name] = field.value }
        return response
    }
}

/// What `layout.mustache` shows around every page.
private struct Layout {
    struct Entry {
        var path: String
        var title: String
        var isCurrent: Bool
    }

    var title: PageText
    var navigation: [Entry]
    var style: String
    var script: String
    var notice: Notice?
    var content: Any
}

private struct ErrorContent {
    var heading: String
    var words: PageText
    var advice: PageText?
}
