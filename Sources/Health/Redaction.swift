package import ConfigFile
import Foundation

/// Hides secrets in texts that leave the machine.
///
/// What stands in the place of a secret (in the configuration, in files that it names, in credentials, in variables named like secrets) is hidden
/// wherever it turns up, also escaped for JSON or for addresses. Besides, what is secret by its form: user, password and query of addresses,
/// what follows `Bearer` and `Basic`, private keys.
package struct Redaction: Sendable {
    private var secrets: [String]

    /// - Parameters:
    ///   - file: The configuration file as it may be shown, and what it hides; nil where it cannot be read.
    ///   - configuration: What was read from it; nil where it is invalid.
    ///   - environment: The values of variables whose name sounds like a secret are hidden.
    package init(file: MaskedFile?, _ configuration: Configuration?, environment: [String: String]) {
        var found = file?.secrets ?? []
        for path in file?.secretFiles ?? [] { found.formUnion(Self.contents(path)) }
        if let configuration { found.formUnion(Self.secrets(of: configuration)) }
        for (name, value) in environment {
            // Of a variable that is only named like a secret, "true" or "/run/x" says nothing.
            if Self.soundsSecret(name), value.utf8.count >= 8, !value.hasPrefix("/") { found.insert(value) }
            if let login = value.firstMatch(of: /:\/\/[^\s\/:@]*:([^\s]*)@/) { found.insert(String(login.1)) }
        }
        if let directory = environment["CREDENTIALS_DIRECTORY"] {
            // A folder that cannot be read has shown this process nothing.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for name in names { found.formUnion(Self.contents(directory + "/" + name)) }
        }
        let usable = found.filter { $0.utf8.count >= Self.shortest }
        // The longest first: one may be part of another.
        secrets = Set(usable.flatMap(Self.spellings)).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    /// Shorter ones would hide half of every text; in their own places they are hidden whatever their length.
    private static let shortest = 4
    /// Up to this length a secret may be part of a word that is none, and is only hidden as a word of its own.
    private static let longestWord = 7

    private static func secrets(of configuration: Configuration) -> Set<String> {
        var found: Set<String> = []
        let authentication = configuration.cognite.authentication
        var sources = [authentication.secret]
        if let password = authentication.certificate?.password { sources.append(password) }
        if case .server(let proxy) = configuration.cognite.connection.proxy, let login = proxy.login {
            sources.append(login.password)
        }
        for source in sources {
            switch source {
            case .inline(let secret): found.insert(secret.reveal())
            case .file(let path): found.formUnion(contents(path))
            case .systemdCredential: break
            }
        }
        for notification in configuration.notifications {
            if let path = notification.webhook?.secretFile { found.formUnion(contents(path)) }
            found.formUnion(notification.webhook?.url.secretParts ?? [])
            found.formUnion(notification.command?.secretWords ?? [])
        }
        return found
    }

    /// The file's text, and each of its lines.
    private static func contents(_ path: String) -> [String] {
        // What this process cannot read, it cannot tell either.
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: 65536) else {
            return []
        }
        let text = String(decoding: data, as: UTF8.self)
        return [text] + text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func soundsSecret(_ name: String) -> Bool {
        let words = ["SECRET", "PASSWORD", "PASSWD", "TOKEN", "APIKEY", "API_KEY", "PRIVATE", "CREDENTIAL"]
        return words.contains { name.uppercased().contains($0) } && name != "CREDENTIALS_DIRECTORY"
    }

    /// What addresses need not escape.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )

    /// As it is, and as JSON and addresses spell it.
    private static func spellings(_ secret: String) -> [String] {
        let backslashed = secret.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\"", with: "\\\"")
        let spellings = [
            secret, backslashed, backslashed.replacingOccurrences(of: "/", with: "\\/"),
            secret.addingPercentEncoding(withAllowedCharacters: unreserved) ?? secret,
            secret.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? secret,
        ]
        return spellings
    }

    package func applied(to text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret) {
            text =
                secret.utf8.count > Self.longestWord
                ? text.replacingOccurrences(of: secret, with: "(hidden)") : Self.withoutWord(secret, text)
        }
        text = text.replacing(#/://[^\s/@"']*@/#, with: "://(hidden)@")
        text = text.replacing(#/(https?://[^\s?"']*)\?[^\s"']*/#) { "\($0.output.1)?(hidden)" }
        text = text.replacing(#/(?i)\b(bearer|basic)\s+[^\s"']{8,}/#) { "\($0.output.1) (hidden)" }
        return text.replacing(
            #/(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)/#,
            with: "(hidden)"
        )
    }

    private static func withoutWord(_ word: String, _ text: String) -> String {
        func isInside(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber } ?? false }
        var (result, rest) = ("", text[...])
        while let range = rest.firstRange(of: word) {
            let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : nil
            let after = range.upperBound < text.endIndex ? text[range.upperBound] : nil
            result += rest[..<range.lowerBound]
            result += isInside(before) || isInside(after) ? word : "(hidden)"
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
