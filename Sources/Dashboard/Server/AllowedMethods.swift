import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Which methods each address takes; asked only where a request fits none.
struct AllowedMethods: Sendable {
    private let router: RouterResponder<PageContext>

    /// - Parameter pages: With all of its routes.
    init(of pages: Router<PageContext>) {
        let router = Router(context: PageContext.self)
        for (_, routes) in Dictionary(grouping: pages.routes, by: \.path.description) {
            guard let path = routes.first?.path else { continue }
            let methods = routes.map(\.method)
            router.get(path) { _, _ in Response(status: .noContent, headers: [.allow: Self.words(for: methods)]) }
        }
        self.router = router.buildResponder()
    }

    /// The methods of the address that is asked for; nil if there is no such address.
    func allowed(at request: Request, in context: PageContext) async -> [HTTPRequest.Method]? {
        var head = request.head
        head.method = .get
        let question = Request(head: head, body: .init(buffer: ByteBuffer()))
        // The router answers an unknown address without the header, and throws nothing else.
        guard let answer = try? await router.respond(to: question, context: context),
            let allowed = answer.headers[.allow]
        else { return nil }
        return allowed.components(separatedBy: ", ").compactMap { HTTPRequest.Method($0) }
    }

    static func words(for methods: [HTTPRequest.Method]) -> String {
        methods.map(\.rawValue).sorted().joined(separator: ", ")
    }
}
