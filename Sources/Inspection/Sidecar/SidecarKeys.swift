import Station

/// Compares keys, ignoring case, `_` and `-`.
enum SidecarKeys {
    static func folded(_ key: String) -> String { key.lowercased().filter { $0 != "_" && $0 != "-" } }

    /// The key in `known` that was probably intended.
    static func nearest(to key: String, among known: [String]) -> String? {
        let wanted = Array(folded(String(key.prefix(60))).unicodeScalars)
        guard wanted.count >= 3 else { return nil }
        let best = known.map { ($0, distance(wanted, Array(folded($0).unicodeScalars))) }.min { $0.1 < $1.1 }
        guard let best, best.1 <= max(1, wanted.count / 3) else { return nil }
        return best.0
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between the two texts.
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

/// The fields of one object of the sidecar: each known key is requested once; keys that were never requested are unknown.
struct SidecarFields {
    /// The object's path: empty for the root, or `rotation.euler`.
    let path: String
    /// Bytes from the start of the text.
    let offset: Int
    private let members: [String: JSONMember]
    private var requested: [String] = []

    /// Folds the keys; of two keys with the same folded form the second is refused, and the first counts.
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

    /// The key's full name, for a sentence.
    func name(_ key: String) -> String { path.isEmpty ? "`\(key)`" : "`\(path).\(key)`" }

    /// The value of `key`; null counts as absent.
    mutating func take(_ key: String) -> JSONValue? {
        requested.append(key)
        guard let value = members[SidecarKeys.folded(key)]?.value, value.content != .null else { return nil }
        return value
    }

    /// Marks `keys` as known, so that they are not noted, and can be suggested.
    mutating func markKnown(_ keys: [String]) { requested += keys }

    /// The position of the value of `key`.
    func offset(of key: String) -> Int? { members[SidecarKeys.folded(key)]?.value.offset }

    /// The value of `key`, without marking it as known.
    func peek(_ key: String) -> JSONValue.Content? { members[SidecarKeys.folded(key)]?.value.content }

    /// Whether the value of `key` is an object, without marking it as known.
    func isObject(_ key: String) -> Bool {
        if case .object = members[SidecarKeys.folded(key)]?.value.content { true } else { false }
    }

    /// Whether one of the keys is present, without marking it as known.
    func has(_ keys: String...) -> Bool {
        keys.contains { key in members[SidecarKeys.folded(key)].map { $0.value.content != .null } ?? false }
    }

    /// Notes every unknown key, with the one that was probably intended.
    func noteUnknown(into findings: inout SidecarFindings) {
        let known = Set(requested.map(SidecarKeys.folded))
        for (folded, member) in members.sorted(by: { $0.value.offset < $1.value.offset }) where !known.contains(folded)
        {
            guard findings.acceptsNotes else { return }
            let shown = printable(member.key, limit: 60)
            let hint =
                SidecarKeys.nearest(to: member.key, among: requested).map { "; did you mean \(name($0))?" } ?? "."
            let place = path.isEmpty ? "" : " in `\(path)`"
            findings.note(
                .keyUnknown,
                "The key `\(shown)`\(place) is unknown and was ignored\(hint)",
                at: member.offset
            )
        }
    }
}
