import Station

/// Keys are compared without regard to case, `_` and `-`.
enum SidecarKeys {
    static func folded(_ key: String) -> String { key.lowercased().filter { $0 != "_" && $0 != "-" } }

    /// The key among `known` that `key` was probably meant to be.
    static func nearest(to key: String, among known: [String]) -> String? {
        let wanted = Array(folded(String(key.prefix(60))).unicodeScalars)
        guard wanted.count >= 3 else { return nil }
        let best = known.map { ($0, distance(wanted, Array(folded($0).unicodeScalars))) }.min { $0.1 < $1.1 }
        guard let best, best.1 <= max(1, wanted.count / 3) else { return nil }
        return best.0
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
    static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforeLast[j - 2] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}

/// The keys of one object of the sidecar: each is asked for once, and what nobody asked for is unknown.
struct SidecarFields {
    /// Where the object stands: empty, or `rotation.euler`.
    let path: String
    /// Bytes from the start of the text.
    let offset: Int
    private let members: [String: JSONMember]
    private var asked: [String] = []

    /// Folds the keys; a second key of the same folding is refused, the first counts.
    init(_ list: [JSONMember], path: String, offset: Int, findings: inout SidecarFindings) {
        self.path = path
        self.offset = offset
        var members: [String: JSONMember] = [:]
        for member in list {
            let folded = SidecarKeys.folded(member.key)
            if let first = members[folded] {
                findings.refuse(
                    .keyDuplicate,
                    "`\(printable(first.key, limit: 60))` and `\(printable(member.key, limit: 60))` are the same key: "
                        + "keep one of them.",
                    at: member.offset
                )
            } else {
                members[folded] = member
            }
        }
        self.members = members
    }

    /// The key as it is called in a sentence.
    func name(_ key: String) -> String { path.isEmpty ? "`\(key)`" : "`\(path).\(key)`" }

    /// The value of `key`; null counts as absent.
    mutating func take(_ key: String) -> JSONValue? {
        asked.append(key)
        guard let value = members[SidecarKeys.folded(key)]?.value, value.content != .null else { return nil }
        return value
    }

    /// Counts `keys` as known, so that they are neither noted nor missing among the suggestions.
    mutating func know(_ keys: [String]) { asked += keys }

    /// Where the value of `key` stands.
    func offset(of key: String) -> Int? { members[SidecarKeys.folded(key)]?.value.offset }

    /// What stands at `key`, without asking for it.
    func peek(_ key: String) -> JSONValue.Content? { members[SidecarKeys.folded(key)]?.value.content }

    /// Whether an object stands at `key`, without asking for it.
    func isObject(_ key: String) -> Bool {
        if case .object = members[SidecarKeys.folded(key)]?.value.content { true } else { false }
    }

    /// Whether one of the keys is there, without asking for it.
    func has(_ keys: String...) -> Bool {
        keys.contains { key in members[SidecarKeys.folded(key)].map { $0.value.content != .null } ?? false }
    }

    /// Notes every key that nobody asked for, with the one that was perhaps meant.
    func noteUnknown(into findings: inout SidecarFindings) {
        let known = Set(asked.map(SidecarKeys.folded))
        for (folded, member) in members.sorted(by: { $0.value.offset < $1.value.offset }) where !known.contains(folded)
        {
            guard findings.takesNotes else { return }
            let shown = printable(member.key, limit: 60)
            let hint = SidecarKeys.nearest(to: member.key, among: asked).map { "; did you mean \(name($0))?" } ?? "."
            let place = path.isEmpty ? "" : " in `\(path)`"
            findings.note(
                .keyUnknown,
                "The key `\(shown)`\(place) is unknown and was left aside\(hint)",
                at: member.offset
            )
        }
    }
}
