extension SandboxStore {
    /// Handles `POST /sessions`.
    func createSession(_ call: Call) throws -> JSON {
        let item = try call.body.items(1...1)[0]
        let type: String
        if item["clientId"] != nil || item["clientSecret"] != nil {
            guard item["clientId"]?.string == configuration.clientID,
                item["clientSecret"]?.string == configuration.clientSecret
            else { throw APIError.badRequest("Could not create a session: the client credentials are not valid") }
            type = "CLIENT_CREDENTIALS"
        } else if item["tokenExchange"] == true {
            type = "TOKEN_EXCHANGE"
        } else if item["oneshotTokenExchange"] == true {
            type = "ONESHOT_TOKEN_EXCHANGE"
        } else {
            throw APIError.badRequest(
                "A session needs 'clientId' and 'clientSecret', 'tokenExchange' or 'oneshotTokenExchange'"
            )
        }
        let nonce = Secrets.randomToken()
        let expires = call.effects.isExpired ? now - 1000 : now + configuration.nonceLifetime.milliseconds
        try commit([.nonce(nonce, expires: expires)])
        return [
            "items": [
                [
                    "id": .int(nextNumber()), "type": .string(type), "status": "READY", "nonce": .string(nonce),
                    "clientId": .string(configuration.clientID),
                ]
            ]
        ]
    }

    /// The change that spends the nonce of `item`; nil if it has none.
    ///
    /// Each nonce is accepted once, and not after its time. The real service's words and status for other ones are not public.
    func spentNonce(_ item: JSON) throws -> Change? {
        guard let nonce = try item.text("nonce", limit: 1000) else { return nil }
        guard let expires = state.nonces[nonce] else {
            throw APIError.badRequest("The nonce is not valid: it is unknown, or was used before")
        }
        try check(expires > now, "The nonce has expired")
        return .nonceSpent(nonce)
    }
}
