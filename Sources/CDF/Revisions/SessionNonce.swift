/// CDF's permission to work in drop360's name once, for which a service of CDF exchanges it; valid for about a minute.
///
/// Whoever knows it can act as drop360: it never appears in a log, a message or a report.
package struct SessionNonce: Sendable {
    let secret: String

    package init(_ secret: String) { self.secret = secret }
}

extension SessionNonce: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "a session's nonce" }
    package var debugDescription: String { description }
    // `dump` and the default description of a value around this one use the mirror: it has no children.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

extension CDFClient {
    /// Opens a session, in which CDF may process a file in drop360's name.
    ///
    /// Ask right before the nonce is used. A session that is never used expires by itself.
    package func session() async throws(CDFError) -> SessionNonce {
        struct Body: Encodable, Sendable { var items: [SessionRequest] }
        struct Opened: Decodable, Sendable {
            struct Item: Decodable, Sendable { var nonce: String }
            var items: [Item]
        }
        let credentials = settings.credentials
        // The secret is read here, so that a message that repeats it can be cleaned.
        let secret = credentials.certificate == nil ? credentials.secret() : nil
        let item = SessionRequest(clientID: credentials.clientID, secret: secret)
        let asked = "a session for CDF's 3D service"
        let opened: Opened
        do throws(CDFError) {
            opened = try await post(JSONRequest("/sessions", Body(items: [item]), asked: asked, .idempotent))
        } catch { throw secret.map(error.hiding) ?? error }
        guard let nonce = opened.items.first?.nonce, !nonce.isEmpty else {
            throw .unexpectedAnswer(asked: asked, detail: "no nonce", requestID: nil)
        }
        return SessionNonce(nonce)
    }
}

/// How a session is asked for: with the client's own secret, or, if it signs in otherwise, in exchange for the request's token.
struct SessionRequest: Encodable, Sendable {
    var clientID: String
    /// Nil to exchange the token.
    var secret: String?

    private enum CodingKeys: String, CodingKey { case clientId, clientSecret, tokenExchange }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if let secret {
            try container.encode(clientID, forKey: .clientId)
            try container.encode(secret, forKey: .clientSecret)
        } else {
            try container.encode(true, forKey: .tokenExchange)
        }
    }
}
