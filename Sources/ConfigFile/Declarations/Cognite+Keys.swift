import Station

extension Configuration.Cognite {
    static var keys: Keys<Self> {
        Keys(
            home: "'cognite'",
            blank: Self(
                host: "",
                project: "",
                authentication: Configuration.Authentication.keys.blank
            ),
            keys: [
                Key("host", \.host, .origin)
                    .required()
                    .shown("the cluster of your project", as: "https://westeurope-1.cognitedata.com"),
                Key("project", \.project, .word(extra: "-_")).required().shown(as: "plant"),
                Key("idp-authentication", \.authentication, .map(Configuration.Authentication.keys))
                    .required("It contains tenant or token-url, client-id and the secret.")
                    .shown(),
                Key("data-set", \.dataSet, .dataSet)
                    .shown(
                        "the data set of the files; or {id: 123}. Without it: none",
                        as: "{external-id: ds_360}"
                    ),
                Key("extraction-pipeline", \.extractionPipeline, .map(pipeline))
                    .commentedOut(
                        "the extraction pipeline that gets drop360's status and failures",
                        as: "{external-id: ep_360}"
                    ),
                Key("files", \.files, .map(FileSettings.keys), printed: { $0 != .init() })
                    .commentedOut(above: "What every file gets in CDF, besides its data set."),
                Key("timeout", \.timeout, .duration(.seconds(1)...(.seconds(600)), bareSeconds: true))
                    .commentedOut("for one request without a file, until its answer is complete"),
                Key("connection", \.connection, .map(Configuration.Connection.keys), printed: { $0 != .init() })
                    .commentedOut(
                        above:
                            "How connections leave this machine: to CDF, to the identity provider and to where files are uploaded."
                    ),
            ],
            check: fillInScopes
        )
    }

    private static var pipeline: Keys<String> {
        Keys(blank: "", keys: [Key("external-id", \.self, .text(limit: 255)).required()])
    }

    /// Microsoft Entra must know which service a token is for.
    private static func fillInScopes(_ section: Section, _ cognite: inout Self) {
        guard section.tree["idp-authentication"]?["scopes"] == nil else { return }
        let isEntra =
            switch cognite.authentication.issuer {
            case .tenant: true
            case .tokenURL(let address): address.isEmpty && cognite.authentication.certificate?.authorityURL != nil
            }
        if isEntra { cognite.authentication.scopes = ["\(cognite.host)/.default"] }
    }
}

extension Form where Value == DataSet {
    /// One of CDF's two names for a data set.
    fileprivate static var dataSet: Form {
        let keys = Keys<Value?>(
            blank: nil,
            keys: [
                Key(
                    "external-id",
                    .text(limit: 255),
                    get: { if case .externalID(let name)? = $0 { name } else { nil } },
                    set: { $0 = .externalID($1) }
                ),
                Key(
                    "id",
                    .internalID,
                    get: { if case .id(let id)? = $0 { id } else { nil } },
                    set: { $0 = .id($1) }
                ).insteadOf("external-id"),
            ],
            check: { section, _ in
                guard !section.has("external-id"), !section.has("id") else { return }
                section.missing("external-id", suggestion: "Give 'external-id' or 'id'.")
            }
        )
        return .map(keys, value: { $0 }, written: { $0 })
    }
}
