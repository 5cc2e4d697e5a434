/// A value of the printed configuration.
indirect enum Rendering {
    /// In quotes, so that no `${` in it is taken for a variable.
    case text(String)
    /// A word of ours: without quotes unless a YAML reader could take it for something else.
    case word(String)
    case number(String)
    case list([Rendering])
    /// In print order.
    case map([(key: String, value: Rendering)])

    /// As it would be written by hand.
    var plain: String {
        switch self {
        case .text(let text): text.isEmpty ? "\"\"" : text
        case .word(let text), .number(let text): text
        case .list(let items): "[\(items.map(\.plain).joined(separator: ", "))]"
        case .map(let entries): "{\(entries.map { "\($0.key): \($0.value.plain)" }.joined(separator: ", "))}"
        }
    }

    /// As YAML, a newline at the end.
    func yaml() -> String { lines(lead: "").joined(separator: "\n") + "\n" }

    /// As JSON in one object, a newline at the end.
    func json() -> String { json(indent: "") + "\n" }

    /// The lines of YAML; `lead` comes before the value on its first line: `key:`, `-`, or nothing.
    private func lines(lead: String) -> [String] {
        switch self {
        case .text(let text): return ["\(lead) \(Self.quoted(text))"]
        case .word(let word):
            return ["\(lead) \(word.contains(Self.plainWord) && word != "off" ? word : Self.quoted(word))"]
        case .number(let digits): return ["\(lead) \(digits)"]
        case .list(let items):
            return items.isEmpty ? ["\(lead) []"] : [lead] + items.flatMap { $0.lines(lead: "-") }.map { "  \($0)" }
        case .map(let entries):
            let own = entries.flatMap { $0.value.lines(lead: "\($0.key):") }
            return switch lead {
            case "": own
            // The first key is on the dash's own line.
            case "-": own.enumerated().map { "\($0 == 0 ? "- " : "  ")\($1)" }
            default: [lead] + own.map { "  \($0)" }
            }
        }
    }

    /// YAML 1.1 takes `1.2` for a number, and `off` for a boolean.
    private static var plainWord: Regex<Substring> { /^[a-z]/ }

    private func json(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text), .word(let text): return Self.quoted(text)
        case .number(let digits): return digits
        case .list(let items):
            guard !items.isEmpty else { return "[]" }
            return "[\n" + items.map { inner + $0.json(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .map(let entries):
            let lines = entries.map { "\(inner)\(Self.quoted($0.key)): \($0.value.json(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// In double quotes, as YAML and JSON both read it, and without control characters.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                    // Beyond four digits JSON needs a surrogate pair; YAML has no pairs.
                    if scalar.value > 0xFFFF { result.unicodeScalars.append(scalar); continue }
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
