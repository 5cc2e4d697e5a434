/// Which folders may lie in which.
///
/// Told from the paths as they are written. That two of them are the same by a symbolic link or a mount can only be seen on
/// the machine, and while the daemon runs.
struct FolderRules {
    let findings: Findings

    func check(state: String?, root: Section, inboxes: [PlacedInbox]) {
        for (index, inbox) in inboxes.enumerated() {
            guard let place = inbox.pathPlace else { continue }
            for other in inboxes[..<index] where other.pathPlace != nil {
                compare(inbox, at: place, with: other)
            }
        }
        let watched = inboxes.filter { $0.pathPlace != nil }
        checkState(state, root: root, watched: watched)
        for inbox in inboxes {
            guard let place = inbox.reportsPlace, case .directory(let folder) = inbox.inbox.reports else { continue }
            guard let holder = watched.first(where: { Self.contains($0.inbox.path, folder) }) else { continue }
            findings.report(
                "reports in '\(shown(folder))' would lie in the inbox '\(shown(holder.inbox.path))' and be taken for a delivery",
                at: place,
                key: "\(inbox.key).reports",
                suggestion: "Choose a folder outside of every inbox, or beside."
            )
        }
    }

    private func compare(_ inbox: PlacedInbox, at place: Place, with other: PlacedInbox) {
        let path = inbox.inbox.path
        let otherPath = other.inbox.path
        let relation: String
        if path == otherPath {
            relation = "is the same folder as"
        } else if Self.contains(otherPath, path) {
            relation = "lies inside"
        } else if Self.contains(path, otherPath) {
            relation = "holds"
        } else {
            return
        }
        let line = other.pathPlace.map { " (line \($0.line))" } ?? ""
        findings.report(
            "'\(shown(path))' \(relation) \(path == otherPath ? other.key : "'\(shown(otherPath))' of \(other.key)")\(line)",
            at: place,
            key: "\(inbox.key).path",
            suggestion: "Every station would be found twice; keep one of the two."
        )
    }

    private func checkState(_ state: String?, root: Section, watched: [PlacedInbox]) {
        // A state that is given but wrong was reported; the default does not stand in for it here.
        guard let state = state ?? (root.has("state") ? nil : Configuration.defaultState) else { return }
        guard let holder = watched.first(where: { Self.contains($0.inbox.path, state) }) else { return }
        let isDefault = root.has("state") ? "" : " (the default)"
        let place = root.place(of: "state") ?? holder.pathPlace
        findings.report(
            "the state folder '\(shown(state))'\(isDefault) lies in the inbox '\(shown(holder.inbox.path))'",
            at: place,
            key: "state",
            suggestion: "Choose a folder outside of every inbox: crews could delete the ledger."
        )
    }

    /// Whether `path` is `folder` or lies in it; both are normalised.
    static func contains(_ folder: String, _ path: String) -> Bool {
        path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }
}
