extension ConfigurationReader {
    func readCognite(_ root: Section) -> Configuration.Cognite {
        let none = Configuration.Authentication(issuer: .tokenURL(""), clientID: "")
        var cognite = Configuration.Cognite(host: "", project: "", authentication: none)
        guard root.has("cognite") else {
            root.missing("cognite", suggestion: "It holds host, project and idp-authentication.")
            return cognite
        }
        guard let section = root.section("cognite", keys: KnownKeys.cognite) else { return cognite }
        cognite.host = section.required("host", .origin) ?? ""
        cognite.project = section.required("project", .word(extra: "-_")) ?? ""
        cognite.authentication = readAuthentication(section, host: cognite.host) ?? none
        cognite.dataSet = readDataSet(section)
        if let pipeline = section.section("extraction-pipeline", keys: KnownKeys.extractionPipeline) {
            cognite.extractionPipeline = pipeline.required("external-id", .text(limit: 255))
            section.noteNotYetEffective("extraction-pipeline")
        }
        let timeouts = Duration.seconds(1)...Duration.seconds(600)
        cognite.timeout = section.optional("timeout", .duration(timeouts, bareSeconds: true)) ?? cognite.timeout
        cognite.connection = readConnection(section)
        return cognite
    }

    private func readDataSet(_ cognite: Section) -> Configuration.DataSet? {
        guard let section = cognite.section("data-set", keys: KnownKeys.dataSet) else { return nil }
        let externalID = section.optional("external-id", .text(limit: 255))
        let id = section.optional("id", .internalID)
        switch (section.has("external-id"), section.has("id")) {
        case (true, true): section.report("stands beside 'external-id'", key: "id", suggestion: "Give one of the two.")
        case (false, false): section.missing("external-id", suggestion: "Give 'external-id' or 'id'.")
        case (true, false), (false, true): break
        }
        return externalID.map { .externalID($0) } ?? id.map { .id($0) }
    }

    private func readAuthentication(_ cognite: Section, host: String) -> Configuration.Authentication? {
        guard cognite.has("idp-authentication") else {
            cognite.missing("idp-authentication", suggestion: "It holds tenant or token-url, client-id and the secret.")
            return nil
        }
        guard let section = cognite.section("idp-authentication", keys: KnownKeys.authentication) else { return nil }
        let certificate = readCertificate(section)
        let issuer = readIssuer(section, hasAuthority: certificate?.authorityURL != nil)
        var result = Configuration.Authentication(issuer: issuer ?? .tokenURL(""), clientID: "")
        result.clientID = section.required("client-id", .text()) ?? ""
        result.secret = readSecret(section)
        result.certificate = certificate
        let scope = ScalarReader<String>(what: "a list of scopes, or scopes with spaces between") {
            text throws(BadValue) in
            try ScalarReader<String>.text(limit: 4096).read(text)
        }
        let scopes = section.texts("scopes", scope) { $0.split(separator: " ").map(String.init) }
        if let scopes {
            result.scopes = scopes
        } else if issuer.map({ if case .tenant = $0 { true } else { false } }) ?? (certificate?.authorityURL != nil) {
            result.scopes = ["\(host)/.default"]
        }
        result.resource = section.optional("resource", .text())
        result.audience = section.optional("audience", .text())
        let lifetimes = Duration.seconds(0)...Duration.seconds(3600)
        result.minimumTTL = section.optional("min-ttl", .duration(lifetimes, bareSeconds: true)) ?? result.minimumTTL
        return result
    }

    /// - Parameter hasAuthority: Whether the certificate's section names the sign-in service already.
    private func readIssuer(_ section: Section, hasAuthority: Bool) -> Configuration.Authentication.Issuer? {
        let tenant = section.optional("tenant", .word(extra: "-."))
        let authority = section.optional("authority", .origin)
        let tokenURL = section.optional("token-url", .webPage)
        switch (section.has("tenant"), section.has("token-url")) {
        case (true, true):
            section.report("stands beside 'tenant'", key: "token-url", suggestion: "Give one of the two.")
        case (false, false) where hasAuthority: break
        case (false, false):
            section.missing(
                "tenant",
                suggestion: "Give 'tenant' for Microsoft Entra, or 'token-url' for another identity provider."
            )
        case (false, true):
            if section.has("authority") {
                section.report("means nothing beside 'token-url'", key: "authority", suggestion: "Delete it.")
            }
        case (true, false): break
        }
        if let tenant {
            return .tenant(tenant, authority: authority ?? Configuration.Authentication.defaultAuthority)
        }
        return tokenURL.map { .tokenURL($0) }
    }

    private func readSecret(_ section: Section) -> SecretSource {
        readSource(section, key: "secret") ?? .systemdCredential
    }
}
