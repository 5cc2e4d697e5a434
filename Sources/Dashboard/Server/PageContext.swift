import Access
import Hummingbird
import LocalServer
import NIOCore

/// One request to the page, and what is known of it beside its head.
struct PageContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection, for those who must close it.
    let channel: any Channel
    /// Ends the connection; lifted by answers that go on for as long as a page is open.
    var deadline: AnswerDeadline?
    /// Who asks.
    var visitor = Visitor.local

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Forms are small.
    var maxUploadSize: Int { 64 << 10 }
}
