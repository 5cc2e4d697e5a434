import Glibc

extension Configuration.Dashboard {
    static var keys: Keys<Self> {
        Keys(
            home: "'dashboard'",
            blank: Self(),
            keys: [
                Key("listen", \.listen, .listen)
                    .shown("elsewhere only with users-file and tls, or with behind-proxy"),
                Key("names", \.names, .texts(.hostName), printed: { !$0.isEmpty })
                    .commentedOut(
                        "further names of the page in browsers: for instance [drop360.example.com]",
                        as: "[]"
                    ),
                Key("users-file", \.usersFile, .absolutePath)
                    .forInstance("/etc/drop360/users", "'drop360 dashboard add-user NAME' writes it"),
                Key("tls", \.tls, .map(TLS.keys))
                    .forInstance("{certificate: /etc/drop360/page.pem, key: /etc/drop360/page.key}", "PEM files"),
                Key("behind-proxy", \.proxy, .map(Proxy.keys))
                    .forInstance("{trusted: [127.0.0.1], user-header: X-Remote-User}", "the proxy asks for passwords"),
            ],
            check: check
        )
    }

    private static func check(_ section: Section, _ dashboard: inout Self) {
        if section.has("tls"), section.has("behind-proxy") {
            section.report(
                "cannot be combined with 'behind-proxy'",
                key: "tls",
                suggestion: "The proxy speaks TLS with browsers: give it the certificate."
            )
        }
        if section.has("users-file"), section.tree["behind-proxy"]?["user-header"] != nil {
            section.report(
                "has no effect with 'behind-proxy.user-header'",
                key: "users-file",
                suggestion: "Let either the proxy or drop360 ask for passwords."
            )
        }
        guard section.has("listen"), section.isReadable("listen"), !dashboard.listen.isLoopback,
            !section.has("behind-proxy")
        else { return }
        let missing = ["users-file", "tls"].filter { !section.has($0) }
        guard !missing.isEmpty else { return }
        section.report(
            "'\(shown(dashboard.listen.text))' can be reached from other machines, and \(missing.map { "'\($0)'" }.joined(separator: " and ")) "
                + (missing.count == 1 ? "is missing" : "are missing"),
            key: "listen",
            suggestion:
                "Listen on 127.0.0.1; or give 'users-file' and 'tls'; or put a proxy in front of it and give 'behind-proxy'."
        )
    }
}

extension Configuration.Dashboard.TLS {
    fileprivate static var keys: Keys<Self> {
        Keys(
            blank: Self(certificate: "", key: ""),
            keys: [
                Key("certificate", \.certificate, .absolutePath).required(),
                Key("key", \.key, .absolutePath).required(),
            ]
        )
    }
}

extension Configuration.Dashboard.Proxy {
    fileprivate static var keys: Keys<Self> {
        Keys(
            blank: Self(trusted: []),
            keys: [
                Key("trusted", \.trusted, .texts(.address))
                    .required("Name the addresses that the proxy connects from: [127.0.0.1]."),
                Key("user-header", \.userHeader, .headerName),
            ],
            check: { section, _ in
                guard case .sequence(let items)? = section.tree["trusted"]?.content, items.isEmpty else { return }
                section.report(
                    "is empty",
                    key: "trusted",
                    suggestion: "Name the addresses that the proxy connects from."
                )
            }
        )
    }
}

extension Form where Value == String {
    /// An address, or a network of addresses.
    fileprivate static var address: Form {
        scalar("an address", hint: "Addresses are written 127.0.0.1, 10.0.0.0/8 or fd00::/8.") {
            text throws(BadValue) in
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let isLong = text.contains(":")
            let bits = parts.count == 2 ? Int(parts[1]) : 0
            let isAddress =
                text.wholeMatch(of: /[0-9A-Fa-f:.]+(?:\/[0-9]{1,3})?/) != nil
                && isAddress(String(parts[0]), isLong ? AF_INET6 : AF_INET)
                && (bits.map { $0 <= (isLong ? 128 : 32) } ?? false)
            guard isAddress else { throw .quoting("is not an address") }
            guard text.wholeMatch(of: /.*\/0+/) == nil else {
                throw .quoting("is every address; anyone could then say who they are")
            }
            return text
        }
    }

    private static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var bytes = in6_addr()
        return inet_pton(family, text, &bytes) == 1
    }

    /// The name of a header of requests.
    fileprivate static var headerName: Form {
        scalar("the name of a header", hint: "It is written X-Remote-User.") { text throws(BadValue) in
            guard text.utf8.count <= 64, text.wholeMatch(of: /[A-Za-z0-9-]+/) != nil else {
                throw .quoting("is not the name of a header")
            }
            let taken = ["authorization", "cookie", "host", "origin", "x-forwarded-for"]
            guard !taken.contains(text.lowercased()) else { throw .quoting("has another meaning") }
            return text
        }
    }
}
