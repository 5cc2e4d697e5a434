/// A value of the printed configuration.
indirect enum Rendering {
    case text(String)
    /// Numbers, and words that need no quotes anywhere.
    case bare(String)
    case list([Rendering])
    /// In print order.
    case map([(key: String, value: Rendering)])

    /// As YAML, a newline at the end.
    ///
    /// Texts stand in double quotes, so that no `${` in them is taken for a variable.
    func yaml() -> String {
        var lines: [String] = []
        write(into: &lines, indent: "", lead: "")
        return lines.joined(separator: "\n") + "\n"
    }

    /// As JSON in one object, a newline at the end.
    func json() -> String { json(indent: "") + "\n" }

    /// Adds lines; `lead` is what stands before the value on its first line: `key:`, `-`, or nothing.
    private func write(into lines: inout [String], indent: String, lead: String) {
        switch self {
        case .text(let text): lines.append("\(indent)\(lead) \(Self.quoted(text))")
        case .bare(let word): lines.append("\(indent)\(lead) \(word)")
        case .list(let items):
            guard !items.isEmpty else { return lines.append("\(indent)\(lead) []") }
            lines.append("\(indent)\(lead)")
            for item in items { item.write(into: &lines, indent: indent + "  ", lead: "-") }
        case .map(let entries):
            var inner = indent
            if lead == "-" {
                // The first key stands on the dash's own line.
                var own: [String] = []
                for entry in entries { entry.value.write(into: &own, indent: "", lead: "\(entry.key):") }
                lines += own.enumerated().map { "\(indent)\($0 == 0 ? "- " : "  ")\($1)" }
                return
            }
            if !lead.isEmpty {
                lines.append("\(indent)\(lead)")
                inner += "  "
            }
            for entry in entries { entry.value.write(into: &lines, indent: inner, lead: "\(entry.key):") }
        }
    }

    private func json(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text): return Self.quoted(text)
        case .bare(let word): return word.first.map { $0.isNumber || $0 == "-" } == true ? word : Self.quoted(word)
        case .list(let items):
            guard !items.isEmpty else { return "[]" }
            return "[\n" + items.map { inner + $0.json(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .map(let entries):
            let lines = entries.map { "\(inner)\(Self.quoted($0.key)): \($0.value.json(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// In double quotes, as YAML and JSON both read it.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                    // JSON has no other form for what is beyond four digits than a pair; YAML has no pairs.
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
