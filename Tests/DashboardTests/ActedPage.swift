import Access
import Foundation
import Station
import Status
import Synchronization
import TestSupport

@testable import Dashboard

/// A page with actions that are written down, and what a browser would send to it.
final class ActedPage: Sendable {
    private let actions = Mutex<[(OperatorAction, by: String)]>([])

    /// What was done, in order.
    var done: [OperatorAction] { actions.withLock { $0.map(\.0) } }
    var visitors: [String] { actions.withLock { $0.map(\.by) } }

    /// A station that may be retried and whose image may be retracted.
    var source: ActionSource {
        ActionSource(
            choices: { number in
                guard number == 7 else { return nil }
                return ActionChoices(.sample("s7", .rejected([Problem("x", "bad")])), standing: ["a/b"])
            },
            preview: { _, image in .failure(.init(words: "Nothing of \(image) is in CDF.")) },
            perform: { action, visitor in
                self.actions.withLock { $0.append((action, visitor.words)) }
                return .init(words: "Done <b>\(action.name)</b>.", isDone: true)
            }
        )
    }

    /// The token in the forms of a page.
    static func token(in answer: String) throws -> String {
        guard let match = answer.firstMatch(of: /name="token" value="([^"]+)"/) else { throw NoToken(answer: answer) }
        return String(match.1)
    }

    struct NoToken: Error { var answer: String }

    /// Posts a form.
    ///
    /// - Parameter headers: Beside `Host` and the content type; nil leaves one of these out.
    static func post(
        _ path: String,
        _ fields: String,
        port: Int,
        host: String? = nil,
        type: String? = "application/x-www-form-urlencoded",
        headers: [String] = []
    ) async throws -> String {
        var lines = ["POST \(path) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(port)")"]
        if let type { lines.append("Content-Type: \(type)") }
        return try await RawConnection.ask(port: port, (lines + headers).joined(separator: "\r\n"), body: fields)
    }

    static func get(_ path: String, port: Int, headers: [String] = []) async throws -> String {
        let lines = ["GET \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Accept: text/html"] + headers
        return try await RawConnection.ask(port: port, lines.joined(separator: "\r\n"))
    }
}
