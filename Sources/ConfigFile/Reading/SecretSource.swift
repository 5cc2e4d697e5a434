import Foundation

/// Where the client secret comes from.
package enum SecretSource: Sendable, Equatable {
    /// Key `secret`: in the file itself, or from the environment by `${NAME}`.
    case inline(Secret)
    /// Key `secret-file`: the absolute path of a file that holds it.
    case file(String)
    /// Neither key: systemd's credential `cognite-secret`, from `LoadCredential=` in the unit.
    case systemdCredential

    /// The name of the credential, and of its file in `$CREDENTIALS_DIRECTORY`.
    package static let credentialName = "cognite-secret"
}

extension Configuration {
    /// The client secret, read now.
    ///
    /// Files are read at every call, so that a replaced secret is used for the next token. A newline at the
    /// end is not part of it.
    ///
    /// - Parameter environment: Where `CREDENTIALS_DIRECTORY` is looked up.
    /// - Returns: The secret, never empty.
    /// - Throws: ``SecretError`` where there is none; waiting does not help, an operator must act.
    package func clientSecret(environment: [String: String]) throws(SecretError) -> Secret {
        switch cognite.authentication.secret {
        case .inline(let secret):
            return secret
        case .file(let path):
            return try Self.readSecret(at: path)
        case .systemdCredential:
            guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
                throw .noSource
            }
            return try Self.readSecret(at: "\(directory)/\(SecretSource.credentialName)")
        }
    }

    static func readSecret(at path: String) throws(SecretError) -> Secret {
        let bytes: [UInt8]
        do throws(ReadingError) {
            bytes = try BoundedFile.read(path, limit: 64 * 1024)
        } catch {
            throw .unreadable(path: path, reason: error.words)
        }
        guard var text = String(validating: bytes, as: UTF8.self) else { throw .notText(path: path) }
        // `\r\n` is one Character and counts as a newline.
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw .empty(path: path) }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .notText(path: path)
        }
        return Secret(text)
    }
}

/// Why there is no client secret.
///
/// Never holds any part of it.
package enum SecretError: Error, Equatable, CustomStringConvertible {
    /// The file has neither `secret` nor `secret-file`, and systemd passed no credential.
    case noSource
    case unreadable(path: String, reason: String)
    /// Not one line of UTF-8 text.
    case notText(path: String)
    case empty(path: String)

    /// What happened, what drop360 does now, and what the operator can do.
    package var description: String { "\(summary) drop360 cannot sign in and sends nothing. \(advice)" }

    /// What is wrong with the file, to follow its name.
    var reason: String {
        switch self {
        case .noSource: "is missing"
        case .unreadable(_, let reason): "could not be read: \(reason)"
        case .notText: "is not one line of text"
        case .empty: "is empty"
        }
    }

    private var summary: String {
        switch self {
        case .noSource:
            "There is no client secret: the configuration has neither 'secret' nor 'secret-file' nor 'certificate', and systemd passed "
                + "no credential '\(SecretSource.credentialName)'."
        case .unreadable(let path, let reason): "The client secret in \(shown(path)) could not be read: \(reason)."
        case .notText(let path): "The client secret in \(shown(path)) is not one line of text."
        case .empty(let path): "The file for the client secret, \(shown(path)), is empty."
        }
    }

    private var advice: String {
        switch self {
        case .noSource:
            "Give one of the two keys under cognite.idp-authentication, or put "
                + "LoadCredential=\(SecretSource.credentialName):/path/to/file in the unit."
        case .unreadable: "Correct the path, or let the user that drop360 runs as read the file."
        case .notText, .empty: "Put the secret, and nothing else, in the file."
        }
    }
}
