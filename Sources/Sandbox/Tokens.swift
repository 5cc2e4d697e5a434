import Foundation
import Synchronization

/// Issues and checks access tokens.
///
/// A token contains its own times, so that it stays valid across restarts of the sandbox, as real ones do.
final class Tokens: Sendable {
    /// The token that is always valid, for `curl` and SDKs.
    static let fixed = "sandbox"

    private struct Times {
        var lastIssued: Int64 = 0
        var invalidThrough: Int64 = 0
    }

    private let lifetime: Int64
    private let times = Mutex(Times())

    init(lifetime: Duration) { self.lifetime = lifetime.milliseconds }

    func issue(at now: Int64) -> String {
        let issued = times.withLock { times in
            times.lastIssued = max(times.lastIssued + 1, now)
            return times.lastIssued
        }
        let claims = "\(issued).\(issued + lifetime)"
        return "\(claims).\(Secrets.sign(claims))"
    }

    /// Makes every token issued so far invalid.
    func expireAll(at now: Int64) {
        times.withLock { times in
            times.lastIssued = max(times.lastIssued, now)
            times.invalidThrough = times.lastIssued
        }
    }

    func isValid(authorization: String?, at now: Int64) -> Bool {
        guard let authorization, authorization.lowercased().hasPrefix("bearer ") else { return false }
        let token = authorization.dropFirst(7).trimmingCharacters(in: .whitespaces)
        if token == Self.fixed { return true }
        let parts = token.split(separator: ".").map(String.init)
        guard parts.count == 3, let issued = Int64(parts[0]), let expires = Int64(parts[1]),
            Secrets.sign("\(parts[0]).\(parts[1])") == parts[2]
        else { return false }
        return now < expires && issued > times.withLock { $0.invalidThrough }
    }
}

/// The form of a token request, and what is wrong with it.
struct TokenRequest {
    let clientID: String?
    let clientSecret: String?
    let grantType: String?
    let scope: String?

    /// Reads the form body; HTTP Basic supplies what the form lacks.
    init(form: String, authorization: String?) {
        let form = Form.parse(form)
        var basic: [String] = []
        if let authorization, authorization.lowercased().hasPrefix("basic "),
            let data = Data(base64Encoded: String(authorization.dropFirst(6)))
        {
            basic = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1).map(String.init)
        }
        clientID = form["client_id"] ?? basic.first
        clientSecret = form["client_secret"] ?? (basic.count == 2 ? basic[1] : nil)
        grantType = form["grant_type"]
        scope = form["scope"]
    }

    /// The request for the log, without the secret.
    var redacted: JSON {
        .members([
            "grant_type": grantType.map(JSON.string), "client_id": clientID.map(JSON.string),
            "client_secret": clientSecret.map { _ in "***" }, "scope": scope.map(JSON.string),
        ])
    }

    /// The OAuth error and its description; nil for a good request.
    func problem(clientID: String, clientSecret: String) -> (code: String, description: String)? {
        guard grantType == "client_credentials" else {
            return ("unsupported_grant_type", "The sandbox only supports client_credentials")
        }
        guard self.clientID == clientID, self.clientSecret == clientSecret else {
            return ("invalid_client", "Unknown client id or wrong secret")
        }
        return nil
    }
}

/// `application/x-www-form-urlencoded`.
enum Form {
    static func parse(_ text: some StringProtocol) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                let spaced = part.replacingOccurrences(of: "+", with: " ")
                return spaced.removingPercentEncoding ?? spaced
            }
            fields[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        return fields
    }
}
