import Foundation

/// Masks a configuration file line by line, without relying on its being YAML.
struct MaskedLines {
    private let environment: [String: String]
    private let known = Configuration.privacyByKey
    private(set) var secrets: Set<String> = []
    private(set) var secretFiles: Set<String> = []
    private(set) var state: String?

    /// Lines further to the right than this belong to a value that is hidden.
    private var hiddenBelow: Int?
    /// A value in brackets that continues on the next line.
    private var flow: FlowMask?
    /// The last key without a value on its line: items of a list below it are its.
    private var listKey: (name: String, words: Int)?

    init(environment: [String: String]) { self.environment = environment }

    mutating func masked(_ line: String) -> String {
        let indent = line.prefix { $0 == " " || $0 == "\t" }
        let rest = line.dropFirst(indent.count)
        if rest.isEmpty { return line }
        if rest.hasPrefix("#") { return indent + "# " + Privacy.mark }
        if rest == "---" || rest == "..." { return line }
        if let column = hiddenBelow {
            if indent.count > column || (indent.count == column && rest.hasPrefix("- ")) {
                keep(String(rest), of: .secret)
                return indent + Privacy.mark
            }
            hiddenBelow = nil
        }
        let key = rest.prefixMatch(of: /((?:-\s+)*)(["']?)([A-Za-z0-9_.-]{1,64})\2\s*:(?:\s+|$)/)
        if var flow, key == nil || !indent.isEmpty {
            let text = flow.masked(String(rest)) { hide($0, $1, word: $2) }
            self.flow = flow.isOpen ? flow : nil
            return indent + text
        }
        flow = nil
        guard let key else { return indent + item(rest, column: indent.count) }
        let value = String(rest[key.range.upperBound...])
        return indent + key.0 + masked(value, of: String(key.3), column: indent.count + key.1.count)
    }

    // MARK: Values

    private mutating func masked(_ value: String, of key: String, column: Int) -> String {
        let (privacy, isMap) = known[key] ?? (.secret, false)
        if value.isEmpty || value.hasPrefix("#") {
            listKey = (key, 0)
            if known[key]?.privacy == .secret { hiddenBelow = column }
            return value.isEmpty ? "" : "# " + Privacy.mark
        }
        if known[key] != nil, privacy != .secret, value.hasPrefix("{") || value.hasPrefix("[") {
            var flow = FlowMask(key: key)
            let text = flow.masked(value) { hide($0, $1, word: $2) }
            self.flow = flow.isOpen ? flow : nil
            return text
        }
        // What continues on the next lines has no key there, and is hidden for that; only a secret could look as if it had one.
        if privacy == .secret || isMap { hiddenBelow = column }
        if key == "state", column == 0, value.hasPrefix("/") { state = Self.bare(value) }
        return hide(value, key)
    }

    /// A line without a key.
    private mutating func item(_ rest: Substring, column: Int) -> String {
        guard let dash = rest.prefixMatch(of: /(?:-\s+)+/), let list = listKey else {
            keep(String(rest), of: .secret)
            return Privacy.mark
        }
        let value = String(rest[dash.range.upperBound...])
        if value.hasPrefix("{") || value.hasPrefix("[") {
            var flow = FlowMask(key: list.name)
            let text = flow.masked(value) { hide($0, $1, word: $2) }
            self.flow = flow.isOpen ? flow : nil
            return dash.0 + text
        }
        listKey?.words += 1
        return dash.0 + hide(value, list.name, word: list.words)
    }

    /// What may be shown of one value.
    ///
    /// - Parameter word: Which of a list it is, from 0.
    private mutating func hide(_ value: String, _ key: String?, word: Int = 0) -> String {
        let (privacy, isMap) = key.flatMap { known[$0] } ?? (.secret, false)
        let bare = Self.bare(value)
        // A variable's name says what is missing; its value is hidden.
        if bare.wholeMatch(of: /\$\{[A-Za-z_][A-Za-z0-9_]*\}/) != nil {
            let content = environment[String(bare.dropFirst(2).dropLast())]
            if let content, privacy == .secret { secrets.insert(content) }
            return bare
        }
        if isMap {
            keep(value, of: .arguments)
            return Privacy.mark
        }
        if let key, key.hasSuffix("secret-file") || key.hasSuffix("password-file"), bare.hasPrefix("/") {
            secretFiles.insert(bare)
        }
        switch privacy {
        case .open: return cleaned(value)
        case .arguments where word == 0 && bare.hasPrefix("/"):
            // A whole command line in one word is a mistake, and has arguments, too.
            let program = bare.prefix { !$0.isWhitespace }
            return program.count == bare.count ? bare : String(program) + " " + Privacy.mark
        case .arguments:
            keep(value, of: .arguments)
            return Privacy.shown(argument: bare)
        case .host:
            secrets.formUnion(Configuration.WebhookAddress.secretParts(of: bare))
            guard let origin = bare.prefixMatch(of: /https?:\/\/[A-Za-z0-9.:\[\]-]+/) else { return Privacy.mark }
            return origin.0.count == bare.count ? bare : origin.0 + "/" + Privacy.mark
        case .secret:
            keep(value, of: key.flatMap { known[$0] } == nil ? .arguments : .secret)
            return Privacy.mark
        }
    }

    /// Keeps what was hidden, so that it is hidden elsewhere too.
    private mutating func keep(_ value: String, of privacy: Privacy) {
        var bare = Self.bare(value)
        if bare.contains("://") { secrets.formUnion(Configuration.WebhookAddress.secretParts(of: bare)) }
        if let dash = bare.prefixMatch(of: /-\s+/) { bare = Self.bare(String(bare[dash.range.upperBound...])) }
        bare = bare.trimmingCharacters(in: ["|", ">", ",", "]", "}"])
        guard privacy == .secret || Privacy.looksSecret(bare) else { return }
        secrets.insert(bare)
    }

    /// An open value: without login and query in addresses, and without a comment.
    private mutating func cleaned(_ value: String) -> String {
        var value = value
        if let comment = value.firstRange(of: /\s#/) { value = value[..<comment.lowerBound] + " # " + Privacy.mark }
        if let login = value.firstMatch(of: /:\/\/(.*)@/) {
            let pair = login.1.split(separator: ":", maxSplits: 1)
            if pair.count == 2 {
                secrets.insert(String(pair[1]))
                if let decoded = String(pair[1]).removingPercentEncoding { secrets.insert(decoded) }
            }
            value.replaceSubrange(login.range, with: "://" + Privacy.mark + "@")
        }
        if let query = value.firstMatch(of: /(:\/\/[^\s?]*)\?[^\s,\]}"']*/) {
            value.replaceSubrange(query.range, with: query.1 + "?" + Privacy.mark)
        }
        return value
    }

    /// Without quotes and blanks around it, and without a comment behind it.
    private static func bare(_ value: String) -> String {
        var text = value.trimmingCharacters(in: .whitespaces)
        for quote in ["\"", "'"] where text.hasPrefix(quote) {
            guard let end = text.dropFirst().lastIndex(of: Character(quote)) else { return String(text.dropFirst()) }
            return String(text[text.index(after: text.startIndex)..<end])
        }
        if let comment = text.firstRange(of: /\s#/) { text = String(text[..<comment.lowerBound]) }
        return text.trimmingCharacters(in: .whitespaces)
    }
}
