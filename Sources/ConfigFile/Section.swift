/// One map of the file, read key by key.
///
/// What is wrong goes to `findings`, and the reading goes on.
struct Section {
    /// The dotted path of the map, empty for the whole file.
    let path: String
    let place: Place
    let findings: Findings
    private let entries: [String: Tree.Entry]
    /// Keys that are probably there under a wrong name.
    ///
    /// That they are missing would be a second word about one mistake.
    private let misspelt: Set<String>

    /// Opens `tree` as a map that may hold `keys`, and reports every other key; nil where it is no map.
    init?(_ tree: Tree, path: String, keys: [String], findings: Findings, place: Place? = nil) {
        self.path = path
        self.place = place ?? tree.place
        self.findings = findings
        switch tree.content {
        case .mapping(let entries):
            self.entries = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
            let unknown = entries.filter { !keys.contains($0.key) }
            misspelt = Set(unknown.compactMap { NearestKey.to($0.key, among: keys) })
            for entry in unknown {
                findings.report(
                    "unknown key",
                    at: entry.place,
                    key: fullKey(shown(entry.key, limit: 60)),
                    suggestion: KnownKeys.suggestion(for: entry.key, among: keys)
                )
            }
        case .unusable: return nil
        case .scalar, .sequence, .nothing:
            findings.report(
                "must be a map of keys",
                at: self.place,
                key: path,
                suggestion: "Its keys are: \(keys.joined(separator: ", "))."
            )
            return nil
        }
    }

    /// Where `key` stands; nil where it is not given.
    func place(of key: String) -> Place? { entries[key]?.place }

    /// Whether `key` is given, also where its value is no use.
    func has(_ key: String) -> Bool { entries[key] != nil }

    /// `inboxes[0].settle` for `settle`.
    func fullKey(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Reports something about `key`, at the key, or at the map where the key is not given.
    func report(_ message: String, key: String, suggestion: String? = nil) {
        findings.report(message, at: place(of: key) ?? place, key: fullKey(key), suggestion: suggestion)
    }

    /// Notes that `key`, where it is given, has no effect.
    func noteNotYetEffective(_ key: String) {
        guard let place = place(of: key) else { return }
        findings.noteNotYetEffective(fullKey(key), at: place)
    }

    /// The value of `key`; nil where it is not given, or is wrong and has been reported.
    func optional<Value>(_ key: String, _ reader: ScalarReader<Value>) -> Value? {
        guard let tree = given(key) else { return nil }
        return read(tree, key: fullKey(key), reader)
    }

    /// The value of `key`; nil where it is missing or wrong, and has been reported.
    func required<Value>(_ key: String, _ reader: ScalarReader<Value>) -> Value? {
        guard has(key) else {
            missing(key)
            return nil
        }
        return optional(key, reader)
    }

    /// The map behind `key`; nil where it is not given, or is no map and has been reported.
    func section(_ key: String, keys: [String]) -> Section? {
        guard let tree = given(key) else { return nil }
        return Section(tree, path: fullKey(key), keys: keys, findings: findings, place: place(of: key))
    }

    /// The list behind `key`; nil where it is not given, or is no list and has been reported.
    func items(_ key: String) -> [Tree]? {
        guard let tree = given(key) else { return nil }
        switch tree.content {
        case .sequence(let items): return items
        case .unusable: return nil
        case .scalar, .mapping, .nothing:
            report("must be a list", key: key, suggestion: "Begin each item with '- '.")
            return nil
        }
    }

    /// The texts behind `key`: a list, or one text that `split` takes apart; nil where it is not given.
    func texts(
        _ key: String,
        _ reader: ScalarReader<String>,
        split: (String) -> [String] = { [$0] }
    ) -> [String]? {
        guard let tree = given(key) else { return nil }
        guard case .sequence(let items) = tree.content else {
            return read(tree, key: fullKey(key), reader).map(split)
        }
        return items.enumerated().compactMap { read($1, key: "\(fullKey(key))[\($0)]", reader) }
    }

    /// Reports that `key` is missing, unless an unknown key looks as if it were meant.
    func missing(_ key: String, suggestion: String? = nil) {
        guard !misspelt.contains(key) else { return }
        findings.report("is missing", at: place, key: fullKey(key), suggestion: suggestion)
    }

    /// What stands behind `key`.
    ///
    /// A key with nothing behind it looks unfinished and is reported.
    func given(_ key: String) -> Tree? {
        guard let entry = entries[key] else { return nil }
        if case .nothing = entry.value.content {
            report("has no value", key: key, suggestion: "Give one, or delete the key.")
            return nil
        }
        return entry.value
    }

    /// The value of `tree`, which stands behind the full `key`; nil where it is wrong and has been reported.
    func read<Value>(_ tree: Tree, key: String, _ reader: ScalarReader<Value>) -> Value? {
        switch tree.content {
        case .unusable: return nil
        case .nothing, .sequence, .mapping:
            findings.report("must be \(reader.what)", at: tree.place, key: key, suggestion: reader.hint)
            return nil
        case .scalar(let scalar):
            do throws(BadValue) {
                return try reader.read(scalar.text)
            } catch {
                switch error {
                case .quoting(let words, let suggestion):
                    let message = "'\(shown(scalar.written, limit: 80))' \(words)"
                    findings.report(message, at: tree.place, key: key, suggestion: suggestion ?? reader.hint)
                case .silent(let words):
                    findings.report(words, at: tree.place, key: key, suggestion: reader.hint)
                }
                return nil
            }
        }
    }
}
