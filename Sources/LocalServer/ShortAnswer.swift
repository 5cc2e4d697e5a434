import HTTPTypes
package import HummingbirdCore
package import NIOCore

/// Closes a connection unless it is lifted in time.
package struct AnswerDeadline: Sendable {
    private let end: Scheduled<Void>

    /// - Parameters:
    ///   - limit: From now on.
    ///   - channel: The connection.
    init(_ limit: TimeAmount, on channel: any Channel) {
        end = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    /// The answer has been written, or may take as long as it likes.
    package func lift() { end.cancel() }
}

/// The answer to one request, for servers whose answers take moments: a client can neither leave it untaken nor go on with its request for
/// as long as it likes.
package enum ShortAnswer {
    /// Makes and writes it.
    ///
    /// - Parameter make: Makes it; an answer that goes on for long lifts the deadline.
    package static func give(
        to request: Request,
        by writer: consuming ResponseWriter,
        on channel: any Channel,
        limits: ConnectionLimits,
        _ make: (AnswerDeadline) async -> Response
    ) async throws {
        let deadline = AnswerDeadline(limits.answer, on: channel)
        defer { deadline.lift() }
        var response = await make(deadline)
        let hasBody = hasBody(request.head)
        if hasBody { response.headers[.connection] = "close" }
        try await writer.write(response: response.head, body: response.body)
        // The rest of a body would otherwise be read to its end, which may never come.
        if hasBody { _ = AnswerDeadline(limits.rest, on: channel) }
    }

    private static func hasBody(_ head: HTTPRequest) -> Bool {
        head.headerFields.contains(.transferEncoding) || (head.headerFields[.contentLength] ?? "0") != "0"
    }
}
