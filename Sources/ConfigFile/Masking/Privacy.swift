import Foundation

/// How much of a key's value may leave the machine, declared with the value's form.
enum Privacy: Int, Comparable {
    /// All of it.
    case open
    /// The first word of a list; the others may be secret.
    case arguments
    /// Scheme, host and port of an address.
    case host
    /// Nothing.
    case secret

    static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }

    /// What stands in the place of what is hidden.
    static let mark = "(hidden)"

    /// A program's argument as it may be shown: names of options, and nothing that could be their values.
    static func shown(argument: String) -> String {
        guard let match = argument.prefixMatch(of: /--?[A-Za-z][A-Za-z-]{0,30}(?:$|=)/) else { return mark }
        // `-pSECRET` is an option and its value, `-p` and `--password` are not.
        let isShort = !argument.hasPrefix("--") && match.0.count > 2 && !match.0.hasSuffix("=")
        if isShort { return mark }
        return match.0.hasSuffix("=") ? match.0 + mark : argument
    }

    /// Whether a word, wherever it is from, is more likely a token than a name: long, with letters and digits, and no path.
    static func looksSecret(_ word: String) -> Bool {
        guard word.utf8.count >= 16, !word.contains("/"), !word.contains(" ") else { return false }
        return word.contains(where: \.isNumber) && word.contains(where: \.isLetter)
    }
}

extension Configuration {
    /// How much of the value of each known key may be shown: the least of all keys of that name.
    static var privacyByKey: [String: (privacy: Privacy, isMap: Bool)] {
        var known: [String: (privacy: Privacy, isMap: Bool)] = [:]
        var open = [Self.keys.outline]
        while let map = open.popLast() {
            for key in map.keys {
                let before = known[key.name]
                known[key.name] = (
                    max(before?.privacy ?? .open, key.privacy),
                    (before?.isMap ?? true) && key.map != nil && !key.mayBeWord
                )
                if let inner = key.map { open.append(inner) }
            }
        }
        return known
    }
}

extension Configuration.Command {
    /// The program and its arguments as they may be shown.
    package var shownWords: [String] { run.prefix(1) + run.dropFirst().map(Privacy.shown(argument:)) }

    /// Arguments that are likely to be secret.
    package var secretWords: [String] {
        var found = run.dropFirst().filter(Privacy.looksSecret)
        for (option, value) in zip(run.dropFirst(), run.dropFirst(2)) where Self.namesSecret(option) {
            found.append(value)
        }
        for word in run.dropFirst() {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2, Self.namesSecret(String(parts[0])) { found.append(String(parts[1])) }
        }
        return found
    }

    private static func namesSecret(_ option: String) -> Bool {
        // `--key=VALUE` says its value itself.
        guard option.hasPrefix("-"), !option.contains("=") else { return false }
        let name = option.lowercased()
        return ["secret", "pass", "token", "key", "auth", "credential"].contains { name.contains($0) }
    }
}

extension Configuration.WebhookAddress {
    /// What must be hidden of it wherever it stands: the address, what follows its host, and the parts of that which could be keys.
    package var secretParts: [String] { Self.secretParts(of: reveal()) }

    static func secretParts(of text: String) -> [String] {
        guard let scheme = text.firstRange(of: "://"),
            let path = text[scheme.upperBound...].firstIndex(where: { "/?#".contains($0) })
        else { return [] }
        let rest = String(text[path...])
        guard rest.count > 1 else { return [] }
        let words = rest.split { "/?&=#;".contains($0) }.map(String.init)
        // A short path such as `/hook` is also a name on this machine.
        let parts = words.filter { $0.utf8.count >= 8 && $0.contains(where: \.isNumber) || $0.utf8.count >= 20 }
        let decoded = parts.compactMap(\.removingPercentEncoding)
        return [text] + (rest.utf8.count >= 12 ? [rest, String(rest.dropFirst())] : []) + parts + decoded
    }
}
