import Station

extension Configuration {
    /// The configuration of `drop360 run --sandbox`: one inbox, whose E57 files become
    /// stations, and everything else as the embedded sandbox serves it.
    ///
    /// - Parameters:
    ///   - inbox: The absolute path of the folder to watch.
    ///   - state: The absolute path of the folder for the ledger.
    ///   - baseURL: Where the sandbox listens, `http://127.0.0.1:8360`; a slash at the end is dropped.
    /// - Returns: A configuration that signs in as `sandbox`.
    package static func sandbox(inbox: String, state: String, baseURL: String) -> Configuration {
        let host = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        var authentication = Authentication(issuer: .tokenURL("\(host)/oauth2/token"), clientID: "sandbox")
        authentication.secret = .inline(Secret("sandbox"))
        var cognite = Cognite(host: host, project: "sandbox", authentication: authentication)
        cognite.dataSet = .externalID("sandbox")
        var watched = Inbox(path: inbox)
        watched.e57 = E57(extract: .here)
        return Configuration(
            cognite: cognite,
            target: Target(space: "sandbox"),
            state: state,
            inboxes: [watched]
        )
    }
}
