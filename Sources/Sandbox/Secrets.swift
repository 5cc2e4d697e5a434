import Crypto
import Foundation

/// Tokens and signatures of the sandbox; they protect nothing, and only have to be verifiable.
enum Secrets {
    private static let key = SymmetricKey(data: Data("the sandbox has no secrets".utf8))

    static func sign(_ text: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).prefix(16)
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    static func randomToken() -> String {
        UUID().uuidString.lowercased().replacing("-", with: "")
    }
}
