import Station

/// An inbox, and where it stands in the file.
struct PlacedInbox {
    let inbox: Configuration.Inbox
    /// Of the path; nil where there is none to compare.
    let pathPlace: Place?
    /// Of `reports`; nil where it names no folder.
    let reportsPlace: Place?
    /// `inboxes[0]`.
    let key: String
}

extension ConfigurationReader {
    func readInboxes(_ root: Section) -> [PlacedInbox] {
        let advice = "Name at least one folder: '- path: /srv/drop360/inbox'."
        guard root.has("inboxes") else {
            root.missing("inboxes", suggestion: advice)
            return []
        }
        guard let items = root.items("inboxes") else { return [] }
        if items.isEmpty { root.report("is empty", key: "inboxes", suggestion: advice) }
        return items.enumerated().compactMap { index, item in
            let key = "inboxes[\(index)]"
            return Section(item, path: key, keys: KnownKeys.inbox, findings: findings).map { readInbox($0, key: key) }
        }
    }

    private func readInbox(_ section: Section, key: String) -> PlacedInbox {
        let path = section.required("path", .absolutePath)
        var inbox = Configuration.Inbox(path: path ?? "")
        inbox.site = readSite(section)
        inbox.after = readAfter(section) ?? inbox.after
        inbox.reports = section.optional("reports", .reports) ?? inbox.reports
        inbox.settle = section.optional("settle", .duration(.milliseconds(10)...(.seconds(3600)))) ?? inbox.settle
        inbox.detection = section.optional("detection", .choice) ?? inbox.detection
        inbox.ignore = section.texts("ignore", .text(limit: 256)) ?? inbox.ignore
        inbox.timeZone = section.optional("time-zone", .timeZone)
        inbox.offset = readOffset(section)
        readFaceSizes(section, into: &inbox)
        let delays = Duration.milliseconds(10)...Duration.seconds(365 * 86400)
        inbox.reportAfter = section.optional("report-after", .duration(delays)) ?? inbox.reportAfter
        inbox.poseDrift = section.optional("pose-drift", .choice) ?? inbox.poseDrift
        inbox.faces = readFaces(section)
        inbox.poses = readPoses(section)
        inbox.seams = section.optional("seams", .choice) ?? inbox.seams
        inbox.equirect = section.optional("equirect", .choice) ?? inbox.equirect
        if let e57 = section.section("e57", keys: KnownKeys.e57) {
            inbox.e57 = e57.required("model-id", .internalID).map { Configuration.E57(modelID: $0) }
        }
        section.noteNotYetEffective("e57")
        let writesReportsElsewhere = if case .directory = inbox.reports { true } else { false }
        return PlacedInbox(
            inbox: inbox,
            pathPlace: path == nil ? nil : section.place(of: "path"),
            reportsPlace: writesReportsElsewhere ? section.place(of: "reports") : nil,
            key: key
        )
    }

    private func readSite(_ inbox: Section) -> Configuration.Site? {
        guard let section = inbox.section("site", keys: KnownKeys.site) else { return nil }
        let id = section.required("id", .text(limit: 128))
        let name = section.optional("name", .text(limit: 255))
        return id.map { Configuration.Site(id: $0, name: name) }
    }

    private func readOffset(_ inbox: Section) -> Configuration.Offset {
        guard let section = inbox.section("offset", keys: KnownKeys.offset) else { return Configuration.Offset() }
        return Configuration.Offset(
            x: section.optional("x", .metres) ?? 0,
            y: section.optional("y", .metres) ?? 0,
            z: section.optional("z", .metres) ?? 0
        )
    }

    private func readFaces(_ inbox: Section) -> FaceScheme? {
        guard let tree = inbox.given("faces") else { return nil }
        guard case .mapping = tree.content else {
            return inbox.read(tree, key: inbox.fullKey("faces"), .choice).map { FaceScheme.preset($0) }
        }
        guard let section = inbox.section("faces", keys: Face.allCases.map(\.rawValue)) else { return nil }
        var map: [Face: String] = [:]
        for face in Face.allCases { map[face] = section.required(face.rawValue, .text(limit: 255)) }
        guard map.count == Face.allCases.count else { return nil }
        if let bad = map.values.first(where: { $0.contains("/") || $0 == "." || $0 == ".." }) {
            inbox.report(
                "'\(bad)' is no file name",
                key: "faces",
                suggestion: "Give the names of six files of one folder."
            )
            return nil
        }
        guard Set(map.values.map { $0.lowercased() }).count == map.count else {
            inbox.report("gives one file to two faces", key: "faces", suggestion: "Give six different names.")
            return nil
        }
        return .map(map)
    }

    private func readPoses(_ inbox: Section) -> Configuration.PoseList? {
        guard let tree = inbox.given("poses") else { return nil }
        guard case .mapping = tree.content else {
            return inbox.read(tree, key: inbox.fullKey("poses"), .choice).map { .init(preset: $0, frame: nil) }
        }
        guard let section = inbox.section("poses", keys: KnownKeys.poses) else { return nil }
        return .init(preset: section.optional("preset", .choice), frame: section.optional("frame", .choice))
    }

    private func readAfter(_ inbox: Section) -> Configuration.AfterSuccess? {
        guard let tree = inbox.given("after") else { return nil }
        // `after: {delete-after: 30d}` and `after: {move: DIR}` are how later versions will want it.
        if case .mapping = tree.content {
            inbox.report("this version only knows keep", key: "after", suggestion: "Write 'after: keep'.")
            return nil
        }
        return inbox.read(tree, key: inbox.fullKey("after"), .after)
    }

    private func readFaceSizes(_ section: Section, into inbox: inout Configuration.Inbox) {
        // A JPEG cannot be larger than 65,535.
        let smallest = section.optional("min-face", .integer(1...65535))
        let largest = section.optional("max-face", .integer(1...65535))
        inbox.minFace = smallest ?? inbox.minFace
        inbox.maxFace = largest ?? inbox.maxFace
        if inbox.minFace > inbox.maxFace {
            section.report(
                "min-face (\(inbox.minFace)) is larger than max-face (\(inbox.maxFace)); no face could pass",
                key: section.has("min-face") ? "min-face" : "max-face"
            )
        }
    }
}

extension ScalarReader where Value == Configuration.AfterSuccess {
    /// What happens after success.
    static var after: ScalarReader {
        ScalarReader(what: "'keep'", hint: "Write 'after: keep'.") { text throws(BadValue) in
            if let value = Value(rawValue: text) { return value }
            throw .quoting("cannot be done: this version only knows keep")
        }
    }
}

extension ScalarReader where Value == Configuration.Reports {
    /// Where the words for the crew go.
    static var reports: ScalarReader {
        ScalarReader(what: "beside, off or a folder", hint: "Write beside, off or the absolute path of a folder.") {
            text throws(BadValue) in
            switch text {
            case "beside": return .beside
            case "off": return .off
            default:
                guard text.hasPrefix("/") else { throw .quoting("is neither beside, off nor an absolute path") }
                return .directory(try ScalarReader<String>.absolutePath.read(text))
            }
        }
    }
}
