import Station

/// Compares keys, ignoring case, `_` and `-`.
enum SidecarKeys {
    static func folded(_ key: String) -> String { NearestWord.folded(key) }

    /// The key in `known` that was probably intended.
    static func nearest(to key: String, among known: [String]) -> String? {
        // With two letters anything is close.
        folded(key).unicodeScalars.count >= 3 ? NearestWord.to(key, among: known) : nil
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
