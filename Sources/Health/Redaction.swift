package import ConfigFile
import Foundation

/// Hides secrets in texts that leave the machine.
///
/// What is known to be secret is replaced wherever it stands; besides, user and password in addresses, and their queries, which often sign them.
package struct Redaction: Sendable {
    private var secrets: [String]

    /// - Parameters:
    ///   - configuration: Its secrets are hidden, and the files with secrets that it names are read for that.
    ///   - environment: The values of variables whose name sounds like a secret are hidden.
    package init(_ configuration: Configuration, environment: [String: String]) {
        var found: Set<String> = []
        for (name, value) in environment where Self.soundsSecret(name) { found.insert(value) }
        let authentication = configuration.cognite.authentication
        var sources = [authentication.secret]
        if let password = authentication.certificate?.password { sources.append(password) }
        if case .server(let proxy) = configuration.cognite.connection.proxy, let login = proxy.login {
            sources.append(login.password)
        }
        for source in sources {
            switch source {
            case .inline(let secret): found.insert(secret.reveal())
            case .file(let path): found.formUnion(Self.contents(path))
            case .systemdCredential: break
            }
        }
        for notification in configuration.notifications {
            if let path = notification.webhook?.secretFile { found.formUnion(Self.contents(path)) }
            // Programs are given tokens as arguments.
            found.formUnion(notification.command?.run.dropFirst() ?? [])
        }
        if let directory = environment["CREDENTIALS_DIRECTORY"] {
            // A folder that cannot be read has shown this process nothing.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for name in names { found.formUnion(Self.contents(directory + "/" + name)) }
        }
        // The longest first: one may be part of another. Very short ones would hide half of every text.
        secrets = found.filter { $0.utf8.count >= 4 }.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    /// The file's text, and each of its lines.
    private static func contents(_ path: String) -> [String] {
        // What this process cannot read, it cannot tell either.
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: 65536) else {
            return []
        }
        let text = String(decoding: data, as: UTF8.self)
        return [text] + text.split(whereSeparator: \.isNewline).map(String.init)
    }

    private static func soundsSecret(_ name: String) -> Bool {
        let words = ["SECRET", "PASSWORD", "PASSWD", "TOKEN", "APIKEY", "API_KEY", "PRIVATE", "CREDENTIAL"]
        return words.contains { name.uppercased().contains($0) } && name != "CREDENTIALS_DIRECTORY"
    }

    package func applied(to text: String) -> String {
        var text = text
        for secret in secrets { text = text.replacingOccurrences(of: secret, with: "(hidden)") }
        text = text.replacing(#/://[^\s/@"']*@/#, with: "://(hidden)@")
        text = text.replacing(#/(https?://[^\s?"']*)\?[^\s"']*/#) { "\($0.output.1)?(hidden)" }
        return text.replacing(#/(?i)bearer\s+[^\s"']+/#, with: "Bearer (hidden)")
    }
}
