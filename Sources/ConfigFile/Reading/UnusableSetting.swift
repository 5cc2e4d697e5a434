/// Something configured outside the file (a password, a certificate, a variable) that cannot be used.
///
/// Never holds any part of a secret.
package struct UnusableSetting: Error, Equatable, CustomStringConvertible {
    /// The key that names it.
    package let key: String
    /// What is wrong with it, as a sentence.
    package let summary: String
    /// What to do, as a sentence.
    package let advice: String
    /// What drop360 does about it, as a sentence.
    package let consequence: String

    package init(
        key: String,
        summary: String,
        advice: String,
        consequence: String = "drop360 cannot connect and sends nothing."
    ) {
        self.key = key
        self.summary = summary
        self.advice = advice
        self.consequence = consequence
    }

    package var description: String { "\(summary) \(consequence) \(advice)" }
}

extension Configuration {
    /// The configured proxy, resolved with the environment.
    package struct ProxyChoice: Equatable, Sendable {
        /// Nil for none.
        package var server: ProxyServer?
        /// Hosts that are reached without it.
        package var direct: [String]
        /// The variable that named it; nil where it is named in the file.
        package var variable: String?
    }

    /// The proxy to use; the environment is read as curl reads it.
    package func proxyChoice(environment: [String: String]) throws(UnusableSetting) -> ProxyChoice {
        let connection = cognite.connection
        switch connection.proxy {
        case .none: return ProxyChoice(server: nil, direct: [], variable: nil)
        case .server(let server): return ProxyChoice(server: server, direct: connection.noProxy, variable: nil)
        case .fromEnvironment:
            func first(_ names: String...) -> (name: String, value: String)? {
                for name in names { if let value = environment[name], !value.isEmpty { return (name, value) } }
                return nil
            }
            let exempt = first("no_proxy", "NO_PROXY").map { DirectHostList.entries($0.value) } ?? []
            guard let found = first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY") else {
                return ProxyChoice(server: nil, direct: [], variable: nil)
            }
            do throws(BadValue) {
                let server = try ProxyAddress.read(found.value, bare: true)
                return ProxyChoice(server: server, direct: exempt + connection.noProxy, variable: found.name)
            } catch {
                throw UnusableSetting(
                    key: "cognite.connection.proxy",
                    summary: "The environment variable \(found.name), which names the proxy, \(error.words).",
                    advice:
                        "Set it to an address such as http://proxy.example:3128, or name the proxy in the configuration."
                )
            }
        }
    }

    /// The password of a proxy's login, read now.
    package func proxyPassword(
        _ login: ProxyServer.Login,
        environment: [String: String]
    ) throws(UnusableSetting) -> Secret {
        try secret(login.password, "proxy-password", "cognite.connection", "the proxy's password", environment)
    }

    /// The password of the certificate's key, read now; nil for none.
    package func certificatePassword(environment: [String: String]) throws(UnusableSetting) -> Secret? {
        guard let source = cognite.authentication.certificate?.password else { return nil }
        return try secret(
            source,
            "password",
            "cognite.idp-authentication.certificate",
            "the password of the certificate's key",
            environment
        )
    }

    private func secret(
        _ source: SecretSource,
        _ key: String,
        _ section: String,
        _ what: String,
        _ environment: [String: String]
    ) throws(UnusableSetting) -> Secret {
        let path: String
        switch source {
        case .inline(let secret): return secret
        case .file(let file): path = file
        case .systemdCredential:
            guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
                throw UnusableSetting(
                    key: "\(section).\(key)",
                    summary: "The proxy has a user, but \(what) is missing.",
                    advice:
                        "Give '\(key)' or '\(key)-file' under \(section), or put LoadCredential=\(key):/path/to/file in the unit."
                )
            }
            path = "\(directory)/\(key)"
        }
        do throws(SecretError) { return try Self.readSecret(at: path) } catch {
            throw UnusableSetting(
                key: "\(section).\(key)",
                summary: "The file for \(what), \(shown(path)), \(error.reason).",
                advice: "Put the password, and nothing else, into a file that drop360's user may read."
            )
        }
    }

    /// What signs a webhook's messages, read now; nil for none.
    package func secret(of webhook: Webhook) throws(UnusableSetting) -> Secret? {
        guard let path = webhook.secretFile else { return nil }
        do throws(SecretError) { return try Self.readSecret(at: path) } catch {
            throw UnusableSetting(
                key: "notifications.webhook.secret-file",
                summary:
                    "The file for the secret of the webhook \(webhook.url.shown), \(shown(path)), \(error.reason).",
                advice: "Put the secret, and nothing else, into a file that drop360's user may read."
            )
        }
    }

    /// The bytes of a file that `key` names.
    package func contents(of path: String, key: String) throws(UnusableSetting) -> [UInt8] {
        do throws(ReadingError) { return try BoundedFile.read(path, limit: 4 << 20) } catch {
            throw UnusableSetting(
                key: key,
                summary: "The file \(shown(path)), named by \(key), could not be read: \(error.words).",
                advice: "Correct the path, or let the user that drop360 runs as read the file."
            )
        }
    }
}

extension BadValue {
    /// What is wrong, without the text that is.
    var words: String {
        switch self {
        case .quoting(let words, _), .silent(let words): words
        }
    }
}
