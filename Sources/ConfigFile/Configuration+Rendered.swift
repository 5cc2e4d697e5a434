import Station

extension Configuration {
    /// The effective configuration as YAML, every default filled in and the secret hidden.
    ///
    /// Reading it again gives this configuration, but for an inline secret, which reads `(hidden)`.
    package func rendered() -> String { rendering.yaml() }

    /// The same as JSON, in the same order.
    package func renderedJSON() -> String { rendering.json() }

    private var rendering: Rendering {
        var entries: [(key: String, value: Rendering)] = [
            ("version", .bare("1")), ("cognite", cognite.rendering), ("target", target.rendering),
            ("state", .text(state)),
            ("inboxes", .list(inboxes.map(\.rendering))), ("upload", upload.rendering),
            ("dashboard", .map([("listen", .text(dashboard.listen.text))])),
        ]
        if let metrics { entries.append(("metrics", .map([("listen", .text(metrics.listen.text))]))) }
        entries.append(("logger", .map([("level", .bare(logger.level.rawValue))])))
        return .map(entries)
    }
}

extension Configuration.Cognite {
    fileprivate var rendering: Rendering {
        var entries: [(key: String, value: Rendering)] = [
            ("host", .text(host)), ("project", .text(project)), ("idp-authentication", authentication.rendering),
        ]
        switch dataSet {
        case .externalID(let id): entries.append(("data-set", .map([("external-id", .text(id))])))
        case .id(let id): entries.append(("data-set", .map([("id", .bare("\(id)"))])))
        case nil: break
        }
        if let extractionPipeline {
            entries.append(("extraction-pipeline", .map([("external-id", .text(extractionPipeline))])))
        }
        entries.append(("timeout", .text(timeout.configurationText)))
        if connection != .init() { entries.append(("connection", connection.rendering)) }
        return .map(entries)
    }
}

extension Configuration.Connection {
    fileprivate var rendering: Rendering {
        var entries: [(key: String, value: Rendering)] = []
        switch proxy {
        case .none: break
        case .fromEnvironment: entries.append(("proxy", .bare("from-environment")))
        case .server(let server):
            entries.append(("proxy", .text(server.address)))
            if let login = server.login {
                entries.append(("proxy-user", .text(login.user)))
                entries += login.password.rendering(key: "proxy-password")
            }
        }
        if !noProxy.isEmpty { entries.append(("no-proxy", .list(noProxy.map { .text($0) }))) }
        if let caFile { entries.append(("ca-file", .text(caFile))) }
        entries.append(("min-tls", .text(minimumTLS.rawValue)))
        return .map(entries)
    }
}

extension SecretSource {
    /// The keys that name it; the secret itself is hidden.
    fileprivate func rendering(key: String) -> [(key: String, value: Rendering)] {
        switch self {
        case .inline(let secret): [(key, .text("\(secret)"))]
        case .file(let path): [("\(key)-file", .text(path))]
        case .systemdCredential: []
        }
    }
}

extension Configuration.Authentication {
    fileprivate var rendering: Rendering {
        var entries: [(key: String, value: Rendering)]
        switch issuer {
        case .tenant(let tenant, let authority): entries = [("tenant", .text(tenant)), ("authority", .text(authority))]
        // Empty where the certificate names the sign-in service.
        case .tokenURL(let address): entries = address.isEmpty ? [] : [("token-url", .text(address))]
        }
        entries.append(("client-id", .text(clientID)))
        if let certificate {
            var own: [(key: String, value: Rendering)] = [("path", .text(certificate.path))]
            own += certificate.password?.rendering(key: "password") ?? []
            if let authority = certificate.authorityURL { own.append(("authority-url", .text(authority))) }
            entries.append(("certificate", .map(own)))
        } else {
            entries += secret.rendering(key: "secret")
        }
        entries.append(("scopes", .list(scopes.map { .text($0) })))
        if let resource { entries.append(("resource", .text(resource))) }
        if let audience { entries.append(("audience", .text(audience))) }
        entries.append(("min-ttl", .text(minimumTTL.configurationText)))
        return .map(entries)
    }
}

extension Configuration.Target {
    fileprivate var rendering: Rendering {
        .map([
            ("model", .bare(model.rawValue)), ("space", .text(space)), ("external-id-prefix", .text(externalIDPrefix)),
        ])
    }
}

extension Configuration.Upload {
    fileprivate var rendering: Rendering {
        var entries: [(key: String, value: Rendering)] = [("concurrency", .bare("\(concurrency)"))]
        if let bandwidth { entries.append(("bandwidth", .text(bandwidth.text))) }
        if let timetable { entries.append(("timetable", .text(timetable.text))) }
        return .map(entries)
    }
}

extension Configuration.Inbox {
    fileprivate var rendering: Rendering {
        var entries: [(key: String, value: Rendering)] = [("path", .text(path))]
        if let site {
            let name = site.name.map { [(key: "name", value: Rendering.text($0))] } ?? []
            entries.append(("site", .map([("id", .text(site.id))] + name)))
        }
        entries.append(("after", .bare(after.rawValue)))
        switch reports {
        case .beside: entries.append(("reports", .bare("beside")))
        // Bare words that YAML 1.1 takes for booleans are quoted, for other readers of the print.
        case .off: entries.append(("reports", .text("off")))
        case .directory(let folder): entries.append(("reports", .text(folder)))
        }
        entries += [
            ("settle", .text(settle.configurationText)), ("detection", .bare(detection.rawValue)),
            ("ignore", .list(ignore.map { .text($0) })),
        ]
        if let timeZone { entries.append(("time-zone", .text(timeZone.name))) }
        let origin: [(key: String, value: Rendering)] = [
            ("x", .bare("\(offset.x)")), ("y", .bare("\(offset.y)")), ("z", .bare("\(offset.z)")),
        ]
        entries += [
            ("offset", .map(origin)), ("min-face", .bare("\(minFace)")), ("max-face", .bare("\(maxFace)")),
            ("report-after", .text(reportAfter.configurationText)), ("pose-drift", .bare(poseDrift.rawValue)),
        ]
        switch faces {
        case nil: break
        case .preset(let preset): entries.append(("faces", .text(preset.rawValue)))
        case .map(let map):
            let names = Face.allCases.map { (key: $0.rawValue, value: Rendering.text(map[$0] ?? "")) }
            entries.append(("faces", .map(names)))
        }
        if let poses {
            var inner: [(key: String, value: Rendering)] = []
            if let preset = poses.preset { inner.append(("preset", .text(preset.rawValue))) }
            if let frame = poses.frame { inner.append(("frame", .text(frame.rawValue))) }
            entries.append(("poses", .map(inner)))
        }
        entries.append(("seams", .text(seams.rawValue)))
        entries.append(("equirect", .text(equirect.rawValue)))
        if let e57 { entries.append(("e57", .map([("model-id", .bare("\(e57.modelID)"))]))) }
        return .map(entries)
    }
}
