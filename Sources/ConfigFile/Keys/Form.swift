import Station

/// How one kind of value is written in the file: read out of it, and printed again.
struct Form<Value> {
    /// The value of a key; nil where it is invalid and has been reported.
    let read: (Tree, Findings) -> Value?
    let print: (Value) -> Rendering
    /// The keys of the map that the value is written as; nil where it is not a map.
    var map: KeyMap?
    /// Whether the value may be a word in place of that map.
    var mayBeWord = false
    /// How much of the value may be shown to others.
    var privacy = Privacy.open

    func kept(_ privacy: Privacy) -> Form {
        var form = self
        form.privacy = privacy
        return form
    }
}

/// Why a text is not the value that it should be.
enum BadValue: Error {
    /// A message that follows the quoted text: `is not a duration`.
    ///
    /// The suggestion, where there is one, replaces the form's hint.
    case quoting(String, suggestion: String? = nil)
    /// A message that does not quote the text, which may be secret.
    case silent(String)
}

extension Form {
    /// A value that is written as one text.
    ///
    /// - Parameters:
    ///   - what: What the text must be, to follow "must be": `a duration`.
    ///   - hint: A sentence for the operator that says how to write it; nil where `what` says it.
    static func scalar(
        _ what: String,
        hint: String? = nil,
        print: @escaping (Value) -> Rendering,
        read: @escaping (String) throws(BadValue) -> Value
    ) -> Form {
        Form(
            read: { tree, findings in
                switch tree.content {
                case .unusable: return nil
                case .nothing, .sequence, .mapping:
                    findings.report("must be \(what)", hint, at: tree.position, key: tree.path)
                    return nil
                case .scalar(let scalar):
                    do throws(BadValue) {
                        return try read(scalar.text)
                    } catch {
                        switch error {
                        case .quoting(let words, let suggestion):
                            let message = "'\(shown(scalar.written, limit: 80))' \(words)"
                            findings.report(message, suggestion ?? hint, at: tree.position, key: tree.path)
                        case .silent(let words):
                            findings.report(words, hint, at: tree.position, key: tree.path)
                        }
                        return nil
                    }
                }
            },
            print: print
        )
    }

    /// A map of declared keys.
    static func map(_ keys: Keys<Value>) -> Form { .map(keys, value: { $0 }, written: { $0 }) }

    /// A map of declared keys that are not the fields of the value one by one.
    ///
    /// - Parameters:
    ///   - keys: The keys of the map as it is written.
    ///   - value: Called to make the value; nil where it is invalid and has been reported.
    ///   - written: How a value is written.
    static func map<Written>(
        _ keys: Keys<Written>,
        value: @escaping (Written) -> Value?,
        written: @escaping (Value) -> Written
    ) -> Form {
        Form(
            read: { keys.read($0, $1).flatMap(value) },
            print: { keys.rendering(of: written($0)) },
            map: keys.outline
        )
    }

    /// A map, or one word in its place.
    static func word(_ word: Form, or map: Form, isWord: @escaping (Value) -> Bool) -> Form {
        Form(
            read: { tree, findings in
                if case .mapping = tree.content { map.read(tree, findings) } else { word.read(tree, findings) }
            },
            print: { isWord($0) ? word.print($0) : map.print($0) },
            map: map.map,
            mayBeWord: true
        )
    }

    /// A list of maps; `blank` replaces an invalid item, so that the others keep their numbers.
    static func list<Item>(of item: Form<Item>, blank: Item, whenEmpty advice: String) -> Form where Value == [Item] {
        Form(
            read: { tree, findings in
                switch tree.content {
                case .unusable: return nil
                case .scalar, .mapping, .nothing:
                    findings.report("must be a list", "Start each item with '- '.", at: tree)
                    return nil
                case .sequence(let items):
                    if items.isEmpty {
                        findings.report("is empty", advice, at: tree)
                    }
                    return items.map { item.read($0, findings) ?? blank }
                }
            },
            print: { .list($0.map(item.print)) },
            map: item.map.map { KeyMap(home: $0.home, keys: $0.keys, foreign: $0.foreign, isListed: true) }
        )
    }

    /// A list of texts, or one text that `split` takes apart.
    static func texts(
        _ form: Form<String>,
        split: @escaping (String) -> [String] = { [$0] }
    ) -> Form where Value == [String] {
        Form(
            read: { tree, findings in
                guard case .sequence(let items) = tree.content else { return form.read(tree, findings).map(split) }
                return items.compactMap { form.read($0, findings) }.flatMap(split)
            },
            print: { .list($0.map(form.print)) }
        )
    }
}

extension Form where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration; case does not matter.
    static var choice: Form {
        let allowed = Value.allCases.map(\.rawValue)
        let what = allowed.count == 1 ? "'\(allowed[0])'" : "one of: \(allowed.joined(separator: ", "))"
        return scalar(what, print: { .word($0.rawValue) }) { text throws(BadValue) in
            guard let value = Value(rawValue: text.lowercased()) else {
                let nearest = NearestWord.to(text, among: allowed).map { "Did you mean '\($0)'?" }
                throw .quoting("is not allowed here; it must be \(what)", suggestion: nearest)
            }
            return value
        }
    }
}
