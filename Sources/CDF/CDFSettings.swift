import Foundation

/// Where CDF is, and how drop360 identifies itself there.
package struct CDFSettings: Sendable {
    /// How to get a token from the identity provider (client-credentials grant).
    package struct Credentials: Sendable {
        package var tokenURL: String
        package var clientID: String
        package var secret: @Sendable () -> String
        /// Used instead of the secret; nil to sign in with the secret.
        package var certificate: (@Sendable () -> ClientCertificate)?
        package var scopes: [String]
        package var audience: String?
        package var resource: String?
        /// A token with less than this left is no longer used.
        package var minimumLifetime: Duration

        package init(
            tokenURL: String,
            clientID: String,
            secret: @escaping @Sendable () -> String,
            certificate: (@Sendable () -> ClientCertificate)? = nil,
            scopes: [String],
            audience: String? = nil,
            resource: String? = nil,
            minimumLifetime: Duration = .seconds(30)
        ) {
            self.tokenURL = tokenURL
            self.clientID = clientID
            self.secret = secret
            self.certificate = certificate
            self.scopes = scopes
            self.audience = audience
            self.resource = resource
            self.minimumLifetime = minimumLifetime
        }
    }

    /// `https://westeurope-1.cognitedata.com`, without a slash at the end.
    package var host: String
    package var project: String
    package var credentials: Credentials
    /// `x-cdp-app` and `User-Agent`.
    package var application: String
    package var connection: ConnectionSettings
    /// The most time that one JSON request may take, to the last byte of its answer.
    ///
    /// File contents have no such limit, only ``stallTimeout``.
    package var requestTimeout: Duration
    /// How long a connection may be idle before it is closed.
    package var stallTimeout: Duration
    /// Tries inside one request before its station is postponed.
    package var tries: Int
    /// Faces that are sent concurrently.
    package var concurrency: Int

    package init(
        host: String,
        project: String,
        credentials: Credentials,
        application: String = "drop360",
        connection: ConnectionSettings = .init(),
        requestTimeout: Duration = .seconds(60),
        stallTimeout: Duration = .seconds(60),
        tries: Int = 4,
        concurrency: Int = 6
    ) {
        self.host = host.hasSuffix("/") ? String(host.dropLast()) : host
        self.project = project
        self.credentials = credentials
        self.application = application
        self.connection = connection
        self.requestTimeout = requestTimeout
        self.stallTimeout = stallTimeout
        self.tries = tries
        self.concurrency = concurrency
    }

    var projectURL: String {
        let escaped =
            project.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-_.")))
            ?? project
        return "\(host)/api/v1/projects/\(escaped)"
    }
}
