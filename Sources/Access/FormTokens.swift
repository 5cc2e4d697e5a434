import Crypto
import Foundation

/// The tokens of forms: who has one has read a page of this process, as this user.
///
/// A page of another site can send a form here, and the browser adds the password. It cannot read a token.
package struct FormTokens: Sendable {
    private let key = SymmetricKey(size: .bits256)

    package init() {}

    /// The token for one user's forms: 43 characters.
    package func token(for visitor: Visitor) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.message(visitor), using: key)
        return Data(code).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// Whether `token` is this user's; takes the same time wherever it differs.
    package func accepts(_ token: String, from visitor: Visitor) -> Bool {
        ConstantTime.equal(token, self.token(for: visitor))
    }

    private static func message(_ visitor: Visitor) -> Data {
        // Length first: nobody can choose a name that looks like no name.
        Data("\(visitor.name.map { "\($0.utf8.count) \($0)" } ?? "none")".utf8)
    }
}
