/// One key of a map of the file, declared once.
///
/// Which keys are known, how they are read and printed, and the example are walks over these declarations. A key's default is what the
/// blank value of its map holds.
struct Key<Whole> {
    let name: String
    private let map: KeyMap?
    private let mayBeWord: Bool
    private let privacy: Privacy
    private let take: (Tree, Findings, inout Whole) -> Void
    /// What is printed for the key; nil for nothing.
    let rendering: (Whole) -> Rendering?
    private var isRequired = false
    private var advice: String?
    private var others: [String] = []
    private var example: KeyExample?

    /// Declares a key by how its value is read from the whole and written into it.
    init<Value>(
        _ name: String,
        _ form: Form<Value>,
        get: @escaping (Whole) -> Value?,
        set: @escaping (inout Whole, Value) -> Void
    ) {
        self.name = name
        map = form.map
        (mayBeWord, privacy) = (form.mayBeWord, form.privacy)
        take = { tree, findings, whole in
            if let value = form.read(tree, findings) { set(&whole, value) }
        }
        rendering = { get($0).map(form.print) }
    }

    /// Declares a key that always has a value.
    ///
    /// - Parameter printed: Whether the value is printed at all.
    init<Value>(
        _ name: String,
        _ field: WritableKeyPath<Whole, Value>,
        _ form: Form<Value>,
        printed: @escaping (Value) -> Bool = { _ in true }
    ) {
        self.init(
            name,
            form,
            get: { printed($0[keyPath: field]) ? $0[keyPath: field] : nil },
            set: { $0[keyPath: field] = $1 }
        )
    }

    /// Declares a key that may have no value.
    init<Value>(_ name: String, _ field: WritableKeyPath<Whole, Value?>, _ form: Form<Value>) {
        self.init(name, form, get: { $0[keyPath: field] }, set: { $0[keyPath: field] = $1 })
    }

    /// Reads the key into `whole`, and reports what is wrong with it.
    func read(_ section: Section, into whole: inout Whole) {
        for other in others where section.has(name) && section.has(other) {
            section.report("cannot be combined with '\(other)'", key: name, suggestion: "Give one of the two.")
        }
        guard section.has(name) else {
            if isRequired { section.missing(name, suggestion: advice) }
            return
        }
        if let tree = section.given(name) { take(tree, section.findings, &whole) }
    }

    /// - Parameter blank: Where the default is taken from.
    func outline(blank: Whole) -> KeyOutline {
        KeyOutline(
            name: name,
            map: map,
            example: example,
            standard: rendering(blank)?.plain,
            mayBeWord: mayBeWord,
            privacy: privacy
        )
    }
}

/// Modifiers of a declaration.
extension Key {
    /// A file without it is refused.
    ///
    /// - Parameter advice: What to do, as a sentence.
    func required(_ advice: String? = nil) -> Key {
        var key = self
        (key.isRequired, key.advice) = (true, advice)
        return key
    }

    /// Cannot be combined with any of `others`.
    func insteadOf(_ others: String...) -> Key {
        var key = self
        key.others = others
        return key
    }

    /// Shown in the example as a key in use.
    ///
    /// - Parameters:
    ///   - note: A comment after it.
    ///   - value: As it is written in the file; nil for the default, or for the keys of a map.
    ///   - above: Lines of comment above it.
    func shown(_ note: String? = nil, as value: String? = nil, above: String...) -> Key {
        example(KeyExample(use: .inUse, value: value, note: note, above: above))
    }

    /// Shown in the example as a comment with its default.
    func commentedOut(_ note: String? = nil, as value: String? = nil, above: String...) -> Key {
        example(KeyExample(use: .commentedOut, value: value, note: note, above: above))
    }

    /// Shown in the example as a comment with a value that is not the default.
    func forInstance(_ value: String, _ note: String? = nil, above: String...) -> Key {
        example(KeyExample(use: .commentedOut, value: "for instance \(value)", note: note, above: above))
    }

    /// The same with lines of comment that are kept elsewhere.
    func forInstance(_ value: String, above: [String]) -> Key {
        example(KeyExample(use: .commentedOut, value: "for instance \(value)", note: nil, above: above))
    }

    private func example(_ example: KeyExample) -> Key {
        var key = self
        key.example = example
        return key
    }
}
