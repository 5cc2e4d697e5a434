package import CDF
package import ConfigFile

/// The connection to CDF, from the configuration file, the environment and the files that they name.
extension Configuration {
    package func connectionSettings(environment: [String: String]) throws(UnusableSetting) -> ConnectionSettings {
        let choice = try proxyChoice(environment: environment)
        var proxy: ConnectionSettings.Proxy?
        if let server = choice.server {
            var login: ConnectionSettings.Proxy.Login?
            if let given = server.login {
                let password = try proxyPassword(given, environment: environment)
                login = .init(user: given.user) { password.reveal() }
            }
            proxy = .init(host: server.host, port: server.port, login: login)
        }
        return ConnectionSettings(
            proxy: proxy,
            directHosts: DirectHosts(choice.direct),
            authorities: try authorities(),
            minimumTLS: cognite.connection.minimumTLS == .v13 ? .v13 : .v12
        )
    }

    package func authorities() throws(UnusableSetting) -> Authorities? {
        guard let path = cognite.connection.caFile else { return nil }
        let key = "cognite.connection.ca-file"
        let bytes = try contents(of: path, key: key)
        do throws(Authorities.Unreadable) { return try Authorities(bytes) } catch {
            throw UnusableSetting(
                key: key,
                summary: "The file \(path), named by \(key), \(error.words).",
                advice: error.advice
            )
        }
    }

    /// The certificate to sign in with, read now; nil if a secret is configured.
    package func clientCertificate(environment: [String: String]) throws(UnusableSetting) -> ClientCertificate? {
        guard let certificate = cognite.authentication.certificate else { return nil }
        let key = "cognite.idp-authentication.certificate.path"
        let bytes = try contents(of: certificate.path, key: key)
        let password = try certificatePassword(environment: environment)?.reveal()
        do throws(ClientCertificate.Unusable) {
            return try ClientCertificate(bytes, password: password)
        } catch {
            throw UnusableSetting(
                key: key,
                summary: "The file \(certificate.path), named by \(key), \(error.words).",
                advice: error.advice
            )
        }
    }
}
