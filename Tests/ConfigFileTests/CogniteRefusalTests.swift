import ConfigFile
import Testing

struct CogniteRefusalTests {
    @Test(arguments: [
        Refusal(
            "model: image360",
            "model: image",
            line: 18,
            "target.model: 'image' is not a model; it must be 'auto', 'image360' or 'core'."
        ),
        Refusal("space: plant_360, ", "", line: 18, "target.space: is missing."),
        Refusal(
            "space: plant_360",
            "space: 360",
            line: 18,
            "target.space: '360' is not a name that CDF accepts for a space. "
                + "Use at most 43 letters, digits, '_' and '-'; start with a letter, end with a letter or digit."
        ),
        Refusal(
            "space: plant_360",
            "space: a.b",
            line: 18,
            "target.space: 'a.b' is not a name that CDF accepts for a space. "
                + "Use at most 43 letters, digits, '_' and '-'; start with a letter, end with a letter or digit."
        ),
        Refusal(
            "space: plant_360",
            "space: cdf",
            line: 18,
            "target.space: 'cdf' is reserved by CDF; choose another name. "
                + "Use at most 43 letters, digits, '_' and '-'; start with a letter, end with a letter or digit."
        ),
        Refusal(
            "\"s1:\"",
            "\"a\\tb\"",
            line: 18,
            "target.external-id-prefix: 'a\\u{9}b' contains a control character."
        ),
        Refusal(
            "\"s1:\"",
            String(repeating: "x", count: 101),
            line: 18,
            "target.external-id-prefix: is longer than 100 bytes."
        ),
        Refusal(
            "timeout: 20",
            "timeout: 20 s s",
            line: 17,
            "cognite.timeout: '20 s s' is not a duration. Durations are written 300ms, 2s, 5m, 1h, 30d."
        ),
        Refusal(
            "timeout: 20",
            "timeout: 0",
            line: 17,
            "cognite.timeout: '0' is not between 1s and 10m. Durations are written 300ms, 2s, 5m, 1h, 30d."
        ),
        Refusal(
            "{external-id: ds}",
            "{external-id: ds, id: 4}",
            line: 14,
            "cognite.data-set.id: cannot be combined with 'external-id'. Give one of the two."
        ),
        Refusal("{external-id: ds}", "{id: -4}", line: 14, "cognite.data-set.id: '-4' is not a positive whole number."),
        Refusal(
            "{external-id: ds}",
            "{}",
            line: 14,
            "cognite.data-set.external-id: is missing. Give 'external-id' or 'id'."
        ),
        Refusal(
            "{external-id: ds}",
            "{externalId: ds}",
            line: 14,
            "cognite.data-set.externalId: unknown key. Did you mean 'external-id'?"
        ),
        Refusal(
            "{external-id: ep}",
            "{external_id: ep}",
            line: 15,
            "cognite.extraction-pipeline.external_id: unknown key. Did you mean 'external-id'?"
        ),
        Refusal(
            "project: plant",
            "project: a/b",
            line: 4,
            "cognite.project: 'a/b' contains a character that is not allowed here. Letters, digits and '-', '_' are allowed."
        ),
        Refusal(
            "project: plant",
            "project: \"\"",
            line: 4,
            "cognite.project: is empty. Letters, digits and '-', '_' are allowed."
        ),
        Refusal(
            "https://c.example.com/",
            "http://c.example.com",
            line: 3,
            "cognite.host: 'http://c.example.com' is not encrypted: use https://; http:// is accepted for this machine only. "
                + "Addresses are written https://westeurope-1.cognitedata.com."
        ),
        Refusal(
            "https://c.example.com/",
            "http://127.evil.example",
            line: 3,
            "cognite.host: 'http://127.evil.example' is not encrypted: use https://; http:// is accepted for this machine only. "
                + "Addresses are written https://westeurope-1.cognitedata.com."
        ),
        Refusal(
            "https://c.example.com/",
            "c.example.com",
            line: 3,
            "cognite.host: is not an address. Addresses are written https://westeurope-1.cognitedata.com."
        ),
        Refusal(
            "https://c.example.com/",
            "ftp://c.example.com",
            line: 3,
            "cognite.host: 'ftp://c.example.com' does not start with https://. "
                + "Addresses are written https://westeurope-1.cognitedata.com."
        ),
        Refusal(
            "https://c.example.com/",
            "https://c.example.com/api/v1",
            line: 3,
            "cognite.host: must end after the host; drop360 adds the path. "
                + "Addresses are written https://westeurope-1.cognitedata.com."
        ),
        Refusal(
            "https://c.example.com/",
            "https://me:pw@c.example.com",
            line: 3,
            "cognite.host: must not contain a user or a password. Addresses are written https://westeurope-1.cognitedata.com."
        ),
    ])
    func `what is wrong about the project is said with its line`(refusal: Refusal) throws { try refusal.check() }

    @Test(arguments: [
        Refusal(
            "    tenant: t-1\n    authority: https://login.example.com\n",
            "",
            line: 5,
            "cognite.idp-authentication.tenant: is missing. "
                + "Give 'tenant' for Microsoft Entra, or 'token-url' for another identity provider."
        ),
        Refusal(
            "authority: https://login.example.com",
            "token-url: https://login.example.com/t",
            line: 7,
            "cognite.idp-authentication.token-url: cannot be combined with 'tenant'. Give one of the two."
        ),
        Refusal(
            "tenant: t-1",
            "token-url: https://login.example.com/t",
            line: 7,
            "cognite.idp-authentication.authority: has no effect with 'token-url'. Delete it."
        ),
        Refusal(
            "    tenant: t-1\n    authority: https://login.example.com\n",
            "    token-url: http://login.example.com/t\n",
            line: 6,
            "cognite.idp-authentication.token-url: 'http://login.example.com/t' is not encrypted: use https://; http:// is "
                + "accepted for this machine only. Addresses are written https://login.example.com/oauth2/token."
        ),
        Refusal("    client-id: app\n", "", line: 5, "cognite.idp-authentication.client-id: is missing."),
        Refusal(
            "secret: shh-quiet",
            "client-secret: shh-quiet",
            line: 9,
            "cognite.idp-authentication.client-secret: unknown key. Did you mean 'secret'?"
        ),
        Refusal(
            "secret: shh-quiet",
            "secret: [shh-quiet]",
            line: 9,
            "cognite.idp-authentication.secret: must be a text."
        ),
        Refusal("secret: shh-quiet", "secret: \"\"", line: 9, "cognite.idp-authentication.secret: is empty."),
        Refusal(
            "secret: shh-quiet",
            "secret: \"shh\\nquiet\"",
            line: 9,
            "cognite.idp-authentication.secret: is not one line of text."
        ),
        Refusal(
            "resource: res",
            "secret-file: /etc/s",
            line: 11,
            "cognite.idp-authentication.secret-file: cannot be combined with 'secret'. Give one of the two."
        ),
        Refusal(
            "scopes: [one, two]",
            "scope: one",
            line: 10,
            "cognite.idp-authentication.scope: unknown key. Did you mean 'scopes'?"
        ),
        Refusal(
            "scopes: [one, two]",
            "scopes: {one: two}",
            line: 10,
            "cognite.idp-authentication.scopes: must be a list of scopes, or scopes separated by spaces."
        ),
        Refusal(
            "scopes: [one, two]",
            "scopes: [one, [two]]",
            line: 10,
            "cognite.idp-authentication.scopes[1]: must be a list of scopes, or scopes separated by spaces."
        ),
        Refusal(
            "min-ttl: 45s",
            "min-ttl: 45 years",
            line: 13,
            "cognite.idp-authentication.min-ttl: '45 years' is not a duration. "
                + "Durations are written 300ms, 2s, 5m, 1h, 30d."
        ),
    ])
    func `what is wrong about signing in is said with its line`(refusal: Refusal) throws { try refusal.check() }
}
