/// One map of the file, read key by key.
///
/// Errors go to `findings`, and reading continues.
struct Section {
    let tree: Tree
    let findings: Findings
    /// Keys that are probably there under a wrong name.
    ///
    /// Reporting them as missing would be a second message about one mistake.
    private let misspelt: Set<String>

    /// Opens `tree` as a map of `keys`, and reports every other key; nil where it is not a map.
    init?(_ tree: Tree, keys: KeyMap, findings: Findings) {
        self.tree = tree
        self.findings = findings
        switch tree.content {
        case .mapping(let entries):
            let unknown = entries.filter { !keys.names.contains($0.key) }
            misspelt = Set(unknown.compactMap { keys.nearest(to: $0.key) })
            for entry in unknown {
                findings.report(
                    "unknown key",
                    keys.suggestion(for: entry.key, among: findings.knownKeys),
                    at: entry.value
                )
            }
        case .unusable: return nil
        case .scalar, .sequence, .nothing:
            findings.report("must be a map of keys", "Its keys are: \(keys.names.joined(separator: ", ")).", at: tree)
            return nil
        }
    }

    /// Whether `key` is given, even with an invalid value.
    func has(_ key: String) -> Bool { tree[key] != nil }

    /// Whether nothing was reported about the value of `key`.
    func isReadable(_ key: String) -> Bool { !findings.concern(tree.path(of: key)) }

    /// Reports something about `key`, at the key, or at the map if the key is not given.
    func report(_ message: String, key: String, suggestion: String? = nil) {
        findings.report(message, suggestion, at: tree[key]?.keyPosition ?? tree.keyPosition, key: tree.path(of: key))
    }

    /// Reports that `key` is missing, unless an unknown key was probably meant: that one, or one of `others` that could be given instead.
    func missing(_ key: String, or others: String..., suggestion: String? = nil) {
        guard misspelt.isDisjoint(with: others + [key]) else { return }
        report("is missing", key: key, suggestion: suggestion)
    }

    /// The value of `key`; nil where it is not given.
    ///
    /// A key without a value looks unfinished and is reported.
    func given(_ key: String) -> Tree? {
        guard let value = tree[key] else { return nil }
        guard case .nothing = value.content else { return value }
        report("has no value", key: key, suggestion: "Give one, or delete the key.")
        return nil
    }
}
