import Station

/// Which folders may be inside which.
///
/// Checks the paths as they are written. That two of them are the same by a symbolic link or a mount can only be seen on
/// the machine, and while the daemon runs.
struct FolderRules {
    /// An inbox with a valid path.
    private struct Watched {
        let path: String
        let tree: Tree
    }

    private let root: Section
    private let watched: [Watched]

    private init(_ configuration: Configuration, root: Section) {
        self.root = root
        watched = configuration.inboxes.enumerated().compactMap { index, inbox in
            guard !inbox.path.isEmpty, let tree = root.tree["inboxes"]?[index]?["path"] else { return nil }
            return Watched(path: inbox.path, tree: tree)
        }
    }

    static func check(_ configuration: Configuration, root: Section) {
        let rules = FolderRules(configuration, root: root)
        for (index, inbox) in rules.watched.enumerated() {
            for other in rules.watched[..<index] { rules.compare(inbox, with: other) }
        }
        // The default does not replace an invalid state.
        if !root.findings.concern("state") { rules.checkState(configuration.state) }
        for (index, inbox) in configuration.inboxes.enumerated() {
            guard case .directory(let folder) = inbox.reports else { continue }
            rules.checkReports(folder, root.tree["inboxes"]?[index]?["reports"])
        }
        for (index, inbox) in configuration.inboxes.enumerated() {
            guard case .move(let folder) = inbox.after else { continue }
            rules.checkDelivered(folder, root.tree["inboxes"]?[index]?["after"]?["move"])
        }
    }

    private func compare(_ inbox: Watched, with other: Watched) {
        let relation: String
        if inbox.path == other.path {
            relation = "is the same folder as"
        } else if Self.contains(other.path, inbox.path) {
            relation = "is inside"
        } else if Self.contains(inbox.path, other.path) {
            relation = "contains"
        } else {
            return
        }
        let key = String(other.tree.path.dropLast(".path".count))
        let name = inbox.path == other.path ? key : "'\(shown(other.path))' of \(key)"
        root.findings.report(
            "'\(shown(inbox.path))' \(relation) \(name) (line \(other.tree.keyPosition.line))",
            "Every station would be found twice; keep one of the two.",
            at: inbox.tree
        )
    }

    private func checkState(_ state: String) {
        guard let holder = watched.first(where: { Self.contains($0.path, state) }) else { return }
        let isDefault = root.has("state") ? "" : " (the default)"
        root.findings.report(
            "the state folder '\(shown(state))'\(isDefault) is inside the inbox '\(shown(holder.path))'",
            "Choose a folder outside every inbox: crews could delete the ledger.",
            at: (root.tree["state"] ?? holder.tree).keyPosition,
            key: "state"
        )
    }

    private func checkReports(_ folder: String, _ tree: Tree?) {
        guard let tree, let holder = watched.first(where: { Self.contains($0.path, folder) }) else { return }
        root.findings.report(
            "reports in '\(shown(folder))' would be inside the inbox '\(shown(holder.path))' and be taken for a delivery",
            "Choose a folder outside every inbox, or 'beside'.",
            at: tree
        )
    }

    private func checkDelivered(_ folder: String, _ tree: Tree?) {
        guard let tree else { return }
        let holder = watched.first { Self.contains($0.path, folder) || Self.contains(folder, $0.path) }
        guard let holder else { return }
        root.findings.report(
            "stations cannot be moved to '\(shown(folder))': it and the inbox '\(shown(holder.path))' lie in one another",
            "Choose a folder on the same file system, beside the inboxes: what is moved there would be found again.",
            at: tree
        )
    }

    /// Whether `path` is `folder` or inside it; both are normalised.
    private static func contains(_ folder: String, _ path: String) -> Bool {
        path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }
}
