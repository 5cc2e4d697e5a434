package import Access
package import ConfigFile
import Foundation
package import LocalServer
import Station

/// What protects the status page, from the configuration file and the files that it names.
package struct PageProtection: Sendable {
    /// Nil where no password is asked for.
    package var users: UsersFile?
    /// Nil for unencrypted HTTP.
    package var identity: ServerIdentity?
    /// Nil where browsers connect themselves.
    package var proxy: Gatekeeper.Proxy?
}

extension Configuration {
    /// What protects the status page, read now.
    ///
    /// - Throws: If a file is missing or unusable, or readable by everyone on this machine.
    package func pageProtection() throws(UnusableSetting) -> PageProtection {
        var users: UsersFile?
        if let path = dashboard.usersFile {
            let file = UsersFile(path)
            do throws(UsersFile.Unusable) { _ = try file.read() } catch {
                throw Self.unusable("users-file", error.summary, error.advice)
            }
            users = file
        }
        let proxy = dashboard.proxy.map { proxy in
            Gatekeeper.Proxy(trusted: proxy.trusted.compactMap(AddressRange.init), userHeader: proxy.userHeader)
        }
        if let given = dashboard.proxy?.trusted, let bad = given.first(where: { AddressRange($0) == nil }) {
            throw Self.unusable(
                "behind-proxy.trusted",
                "'\(bad)', named by dashboard.behind-proxy.trusted, is not an address.",
                "Addresses are written 127.0.0.1, 10.0.0.0/8 or fd00::/8."
            )
        }
        return PageProtection(users: users, identity: try dashboard.tls.map(identity), proxy: proxy)
    }

    private func identity(_ tls: Dashboard.TLS) throws(UnusableSetting) -> ServerIdentity {
        let (certificateKey, keyKey) = ("tls.certificate", "tls.key")
        let certificate = try bytes(of: tls.certificate, key: certificateKey)
        let key = try bytes(of: tls.key, key: keyKey)
        if FileRights(of: tls.key)?.isOpenToOthers == true {
            throw Self.unusable(
                keyKey,
                "Every user of this machine may read the key \(tls.key), named by dashboard.\(keyKey).",
                "Close it: `chmod o= \(shellWord(tls.key))`."
            )
        }
        do throws(ServerIdentity.Unusable) {
            return try ServerIdentity(certificate: certificate, key: key)
        } catch {
            switch error {
            case .certificate(let words):
                throw Self.unusable(
                    certificateKey,
                    "The file \(tls.certificate), named by dashboard.\(certificateKey), \(words).",
                    "Give the server's certificate and those between it and the authority, one after the other."
                )
            case .key(let words):
                throw Self.unusable(
                    keyKey,
                    "The file \(tls.key), named by dashboard.\(keyKey), \(words).",
                    "Give the certificate's key as PEM without a password: `openssl pkey -in KEY -out NEW`."
                )
            case .mismatch:
                throw Self.unusable(
                    keyKey,
                    "The key \(tls.key) does not belong to the certificate \(tls.certificate).",
                    "Give the two files of one certificate; the server's own comes first in its file."
                )
            }
        }
    }

    private func bytes(of path: String, key: String) throws(UnusableSetting) -> [UInt8] {
        do throws(UnusableSetting) { return try contents(of: path, key: "dashboard.\(key)") } catch {
            throw Self.unusable(key, error.summary, error.advice)
        }
    }

    private static func unusable(_ key: String, _ summary: String, _ advice: String) -> UnusableSetting {
        UnusableSetting(
            key: "dashboard.\(key)",
            summary: summary,
            advice: advice,
            consequence: "There is no status page with it; deliveries continue."
        )
    }
}
