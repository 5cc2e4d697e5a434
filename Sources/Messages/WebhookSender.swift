import AsyncHTTPClient
package import CDF
import Crypto
import Foundation
import Ledger
import NIOCore
import NIOHTTP1
import Station

/// Sends messages to webhooks, on the same ways as requests to CDF: proxy, authorities, TLS.
package struct WebhookSender: Sendable {
    private let connections: Connections
    private let timeLimit: @Sendable (Duration) async throws -> Void
    private static let limit = TimeAmount.seconds(10)
    /// What is read of an answer's body, and for how long, before the connection is dropped.
    private static let mostAnswer = 64 << 10
    private static let answerLimit = Duration.seconds(5)

    package init(
        _ settings: ConnectionSettings,
        timeLimit: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.timeLimit = timeLimit
        var configuration = HTTPClient.Configuration(
            // Another server must not get what is signed for this one.
            redirectConfiguration: .disallow,
            timeout: .init(connect: Self.limit, read: Self.limit, write: Self.limit)
        )
        configuration.connectionPool.idleTimeout = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        connections = Connections(settings, base: configuration)
    }

    func shutdown() async throws { try await connections.shutdown() }

    /// - Returns: After the recipient took it.
    func send(_ message: WaitingMessage, to webhook: Recipient.Webhook) async throws(DeliveryTrouble) {
        let url = webhook.url()
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: Release.application)
        request.headers.add(name: "x-drop360-event", value: message.event)
        // The same whenever the message is sent again: its answer may have been lost.
        let made = Int64(message.madeAt.timeIntervalSince1970 * 1000)
        request.headers.add(name: "x-drop360-message", value: "\(made)-\(message.number)")
        if let secret = try webhook.secret?() {
            request.headers.add(name: "x-drop360-signature", value: Self.signature(of: message.body, secret: secret))
        }
        request.body = .bytes(ByteBuffer(string: message.body))
        let status: UInt
        do {
            let answer = try await connections.client(for: url).execute(request, timeout: Self.limit)
            status = answer.status.code
            await skim(answer.body)
        } catch {
            throw DeliveryTrouble("It could not be reached: \(printable("\(error)")).")
        }
        if let trouble = Self.trouble(status: status) { throw trouble }
    }

    /// Reads the answer's body, only so that the connection can be used again: nothing of it matters.
    private func skim(_ body: HTTPClientResponse.Body) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // The status has said what matters.
                _ = try? await body.collect(upTo: Self.mostAnswer)
            }
            group.addTask { [timeLimit] in
                // Ends early only when it is cancelled.
                try? await timeLimit(Self.answerLimit)
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// `sha256=` and the HMAC of the body as it is sent, in hexadecimal digits.
    static func signature(of body: String, secret: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(body.utf8),
            using: SymmetricKey(data: Data(secret.utf8))
        )
        return "sha256=" + code.map { String(format: "%02x", $0) }.joined()
    }

    /// What a status says; nil for success.
    static func trouble(status: UInt) -> DeliveryTrouble? {
        switch status {
        case 200...299: nil
        case 300...399:
            DeliveryTrouble(
                "It answered with a redirect (HTTP \(status)), which is not followed.",
                advice: "Give the final address as the webhook's `url`.",
                isRefusal: true
            )
        case 408, 425, 429, 500...: DeliveryTrouble("It answered HTTP \(status).")
        default:
            DeliveryTrouble(
                "It refused the message (HTTP \(status)).",
                advice: "Check the webhook's `url` and `secret-file`.",
                isRefusal: true
            )
        }
    }
}
