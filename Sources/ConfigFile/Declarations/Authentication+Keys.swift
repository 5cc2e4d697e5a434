extension Configuration.Authentication {
    static var keys: Keys<Self> {
        Keys(
            home: "'cognite.idp-authentication'",
            blank: Self(issuer: .tokenURL(""), clientID: ""),
            keys: [
                Key("tenant", \.tenant, .word(extra: "-."))
                    .shown(
                        as: "00000000-0000-0000-0000-000000000000",
                        above: "For Microsoft Entra the tenant; for any other identity provider token-url instead."
                    ),
                Key("authority", \.authority, .origin).commentedOut(as: defaultAuthority),
                Key("token-url", \.tokenAddress, .webPage)
                    .insteadOf("tenant")
                    .forInstance("https://login.example.com/oauth2/token"),
                Key("client-id", \.clientID, .text()).required().shown(as: "${COGNITE_CLIENT_ID}"),
                Key.secret("secret", \.ownSecret)
                    .insteadOf("certificate")
                    .shown(
                        as: "${COGNITE_CLIENT_SECRET}",
                        above:
                            "The secret: here, or in a file, or (with neither key) in the systemd credential 'cognite-secret'. A changed file is",
                        "read automatically; a changed credential needs a restart of the service."
                    ),
                Key.secretFile("secret", \.ownSecret)
                    .insteadOf("secret", "certificate")
                    .forInstance("/etc/drop360/secret"),
                Key("certificate", \.certificate, .map(Certificate.keys))
                    .forInstance(
                        "{path: /etc/drop360/login.pem}",
                        "and password or password-file, authority-url",
                        above:
                            "Or a certificate with its key instead of the secret: PEM or .pfx. The file is read again for each token."
                    ),
                Key("scopes", \.scopes, scopes)
                    .shown(
                        as: "[https://westeurope-1.cognitedata.com/.default]",
                        above:
                            "A list, or one text separated by spaces. With a tenant the default is the host and /.default"
                    ),
                Key("resource", \.resource, .text()).commentedOut(as: "only if your identity provider requires it"),
                Key("audience", \.audience, .text()).commentedOut(as: "only if your identity provider requires it"),
                Key("min-ttl", \.minimumTTL, .duration(.zero...(.seconds(3600)), bareSeconds: true))
                    .commentedOut("a token is renewed when it has less than this left"),
            ],
            check: checkIssuer
        )
    }

    private static var scopes: Form<[String]> {
        .texts(.text(limit: 4096, what: "a list of scopes, or scopes separated by spaces")) {
            $0.split(separator: " ").map(String.init)
        }
    }

    // The issuer, from the keys that describe it. Without these, the certificate's section names the sign-in service.

    private var tenant: String? {
        get { if case .tenant(let tenant, _) = issuer { tenant } else { nil } }
        set { if let newValue { issuer = .tenant(newValue, authority: Self.defaultAuthority) } }
    }

    private var authority: String? {
        get { if case .tenant(_, let authority) = issuer { authority } else { nil } }
        set { if let tenant, let newValue { issuer = .tenant(tenant, authority: newValue) } }
    }

    private var tokenAddress: String? {
        get { if case .tokenURL(let address) = issuer, !address.isEmpty { address } else { nil } }
        set { if let newValue { issuer = .tokenURL(newValue) } }
    }

    /// The secret, unless a certificate signs in.
    private var ownSecret: SecretSource? {
        get { certificate == nil ? secret : nil }
        set { secret = newValue ?? .systemdCredential }
    }

    private static func checkIssuer(_ section: Section, _ authentication: inout Self) {
        let authorityURL = authentication.certificate?.authorityURL
        switch (section.has("tenant"), section.has("token-url")) {
        case (true, _): break
        case (false, true):
            if section.has("authority") {
                section.report("has no effect with 'token-url'", key: "authority", suggestion: "Delete it.")
            }
            if authorityURL != nil, let tree = section.tree["certificate"]?["authority-url"] {
                section.findings.report("cannot be combined with 'token-url'", "Give one of the two.", at: tree)
            }
        case (false, false) where authorityURL != nil: break
        case (false, false):
            section.missing(
                "tenant",
                suggestion: "Give 'tenant' for Microsoft Entra, or 'token-url' for another identity provider."
            )
        }
    }
}

extension Configuration.Authentication.Certificate {
    fileprivate static var keys: Keys<Self> {
        Keys(
            blank: Self(path: ""),
            keys: [
                Key("path", \.path, .absolutePath).required(),
                Key.secret("password", \.password),
                Key.secretFile("password", \.password).insteadOf("password"),
                Key("authority-url", \.authorityURL, .webPage),
            ],
            check: { if $1.authorityURL?.hasSuffix("/") == true { $1.authorityURL?.removeLast() } }
        )
    }
}

extension Key {
    /// A secret in the file itself.
    static func secret(_ name: String, _ field: WritableKeyPath<Whole, SecretSource?>) -> Key {
        Key(
            name,
            .secret,
            get: { if case .inline(let secret) = $0[keyPath: field] { secret } else { nil } },
            set: { $0[keyPath: field] = .inline($1) }
        )
    }

    /// The file that holds the secret `name`.
    static func secretFile(_ name: String, _ field: WritableKeyPath<Whole, SecretSource?>) -> Key {
        Key(
            "\(name)-file",
            .absolutePath,
            get: { if case .file(let path) = $0[keyPath: field] { path } else { nil } },
            set: { $0[keyPath: field] = .file($1) }
        )
    }
}
