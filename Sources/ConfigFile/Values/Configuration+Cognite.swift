package import Station

extension Configuration {
    /// The CDF project, and how to sign in to it.
    package struct Cognite: Sendable, Equatable {
        /// The cluster's address without a path and without a slash at the end, `https://westeurope-1.cognitedata.com`.
        ///
        /// `http://` only on loopback.
        package var host: String
        /// The project's name: letters, digits, `-` and `_`.
        package var project: String
        /// Key `idp-authentication`.
        package var authentication: Authentication
        /// The data set that the files belong to; nil for none.
        package var dataSet: DataSet?
        /// The external id of the extraction pipeline that gets status reports; nil for none.
        package var extractionPipeline: String?
        /// What every file gets.
        package var files = FileSettings()
        /// How long one request without a file may take.
        package var timeout = Duration.seconds(30)
        package var connection = Connection()
    }

    /// The client credentials of the daemon, as the identity provider (IdP) requires them.
    package struct Authentication: Sendable, Equatable {
        /// Who issues tokens.
        package enum Issuer: Sendable, Equatable {
            /// A Microsoft Entra tenant; `authority` is scheme and host of the sign-in service, without a slash at the end.
            case tenant(String, authority: String)
            /// The full address that takes the token request.
            case tokenURL(String)
        }

        /// The sign-in service of Microsoft Entra in its public cloud.
        package static let defaultAuthority = "https://login.microsoftonline.com"

        /// What the daemon signs in with instead of a secret.
        package struct Certificate: Sendable, Equatable {
            /// The absolute path of a file that holds certificate and key.
            package var path: String
            /// Of the key; nil where it is not encrypted.
            package var password: SecretSource?
            /// Scheme, host and tenant of the sign-in service, without a slash at the end; nil to go by the issuer.
            package var authorityURL: String?
        }

        /// Who issues tokens: `tenant` with `authority`, or `token-url`.
        package var issuer: Issuer
        /// The application's id at the identity provider.
        package var clientID: String
        /// Where the client secret comes from.
        package var secret = SecretSource.systemdCredential
        /// Used instead of the secret; nil to sign in with the secret.
        package var certificate: Certificate?
        /// The scopes that are requested.
        ///
        /// With a tenant and without the key: `{host}/.default`; with `token-url`: nothing.
        package var scopes: [String] = []
        /// Sent along if the identity provider requires it.
        package var resource: String?
        /// Sent along if the identity provider requires it.
        package var audience: String?
        /// A token is renewed when it has less than this left.
        package var minimumTTL = Duration.seconds(30)

        /// The address that takes the token request.
        package var tokenURL: String {
            if let authority = certificate?.authorityURL { return "\(authority)/oauth2/v2.0/token" }
            return switch issuer {
            case .tenant(let tenant, let authority): "\(authority)/\(tenant)/oauth2/v2.0/token"
            case .tokenURL(let address): address
            }
        }
    }
}
