/// Reads a whole file out of its tree.
///
/// Values that are wrong are reported and stand in as their defaults, so that the rest is read too; a result is of use
/// only where nothing was reported.
struct ConfigurationReader {
    let findings: Findings

    func read(_ tree: Tree) -> Configuration? {
        // "Begin of file": where a missing key of the top is reported.
        let top = Place(line: 1, column: 1)
        guard let root = Section(tree, path: "", keys: KnownKeys.root, findings: findings, place: top) else {
            return nil
        }
        readVersion(root)
        let cognite = readCognite(root)
        let target = readTarget(root)
        let state = root.optional("state", .absolutePath)
        let inboxes = readInboxes(root)
        let upload = readUpload(root)
        let dashboard = root.section("dashboard", keys: KnownKeys.listen)?.optional("listen", .listen)
        let metrics = readMetrics(root)
        let level: Configuration.Logger.Level? =
            root.section("logger", keys: KnownKeys.logger)?.optional("level", .choice)
        FolderRules(findings: findings).check(state: state, root: root, inboxes: inboxes)
        return Configuration(
            cognite: cognite,
            target: target,
            state: state ?? Configuration.defaultState,
            inboxes: inboxes.map(\.inbox),
            upload: upload,
            dashboard: dashboard.map { Configuration.Dashboard(listen: $0) } ?? Configuration.Dashboard(),
            metrics: metrics,
            logger: Configuration.Logger(level: level ?? .info)
        )
    }

    private func readVersion(_ root: Section) {
        guard root.has("version") else {
            root.missing("version", suggestion: "Begin the file with 'version: 1'.")
            return
        }
        let reader = ScalarReader<Int>(what: "1") { text throws(BadValue) in
            guard text == "1" else {
                throw .quoting("is a version of the format that this drop360 does not know; it knows 1")
            }
            return 1
        }
        _ = root.required("version", reader)
    }

    private func readTarget(_ root: Section) -> Configuration.Target {
        var target = Configuration.Target(space: "")
        guard root.has("target") else {
            root.missing("target", suggestion: "It names the space: 'target: {space: my_space}'.")
            return target
        }
        guard let section = root.section("target", keys: KnownKeys.target) else { return target }
        target.model = section.optional("model", .model) ?? target.model
        target.space = section.required("space", .space) ?? ""
        target.externalIDPrefix = section.optional("external-id-prefix", .possiblyEmptyText(limit: 100)) ?? ""
        return target
    }

    private func readUpload(_ root: Section) -> Configuration.Upload {
        var upload = Configuration.Upload()
        guard let section = root.section("upload", keys: KnownKeys.upload) else { return upload }
        upload.concurrency = section.optional("concurrency", .integer(1...64)) ?? upload.concurrency
        upload.bandwidth = section.optional("bandwidth", .rate)
        upload.timetable = section.optional("timetable", .timetable)
        return upload
    }

    private func readMetrics(_ root: Section) -> Configuration.Metrics? {
        guard let section = root.section("metrics", keys: KnownKeys.listen) else { return nil }
        root.noteNotYetEffective("metrics")
        return section.optional("listen", .listen).map { Configuration.Metrics(listen: $0) } ?? Configuration.Metrics()
    }
}

extension ScalarReader where Value == Configuration.Target.Model {
    /// The family of views.
    static var model: ScalarReader {
        ScalarReader(what: "'image360'") { text throws(BadValue) in
            if text == "core" { throw .quoting("is not supported yet by this version; use image360") }
            guard let model = Value(rawValue: text) else { throw .quoting("is not a model; it must be 'image360'") }
            return model
        }
    }
}

extension ScalarReader where Value == String {
    private static var reservedSpaces: [String] { ["space", "cdf", "dms", "pg3", "shared", "system", "node", "edge"] }

    /// The name of a space.
    static var space: ScalarReader {
        ScalarReader(
            what: "the name of a space",
            hint: "At most 43 letters, digits, '_' and '-', a letter first, a letter or digit last."
        ) { text throws(BadValue) in
            guard !text.isEmpty else { throw .silent("is empty") }
            // CDF's own rule lets `-` and `_` stand last only in names that have no 43rd character.
            guard text.wholeMatch(of: /[a-zA-Z][a-zA-Z0-9_-]{0,41}[a-zA-Z0-9]?/) != nil else {
                throw .quoting("is not a name that CDF takes for a space")
            }
            guard !reservedSpaces.contains(text) else { throw .quoting("is reserved by CDF; choose another name") }
            return text
        }
    }
}
