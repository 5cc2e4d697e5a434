/// How the example shows one key.
struct KeyExample {
    enum Use {
        case inUse
        case commentedOut
    }

    let use: Use
    /// As it is written in the file; nil for the default, or for the keys of a map.
    let value: String?
    let note: String?
    let above: [String]
}

extension KeyMap {
    /// The lines of the example for all keys of this map.
    ///
    /// - Parameters:
    ///   - indent: In front of each line.
    ///   - inner: Behind the `#` of a line that is commented out.
    ///   - isComment: Whether the whole map is commented out.
    func example(indent: String = "", inner: String = "", isComment: Bool = false) -> [String] {
        var lines: [String] = []
        var wasLong = false
        for key in keys {
            guard let example = key.example else { continue }
            let isOut = isComment || example.use == .commentedOut
            let lead = indent + (isOut ? "# " : "") + inner
            var own = example.above.map { "\(indent)# \($0)" }
            if example.value == nil, let map = key.map {
                own.append("\(lead)\(key.name):")
                own += isOut ? map.example(indent: indent, inner: inner + "  ", isComment: true) : map.block(indent)
            } else {
                own.append(Self.line("\(lead)\(key.name): \(example.value ?? key.standard ?? "")", example.note))
            }
            // At the top level a blank line separates keys of several lines.
            if indent.isEmpty, wasLong || own.count > 1 { lines.append("") }
            wasLong = own.count > 1
            lines += own
        }
        return lines
    }

    /// The lines of a map, or of the one item of a list, below its key.
    private func block(_ indent: String) -> [String] {
        guard isListed else { return example(indent: indent + "  ") }
        var lines = example(indent: indent + "    ")
        if let first = lines.first { lines[0] = indent + "  - " + first.dropFirst(indent.count + 4) }
        return lines
    }

    private static func line(_ text: String, _ note: String?) -> String {
        guard let note else { return text }
        let gap = text.count <= 46 ? max(2, 44 - text.count) : 3
        return text + String(repeating: " ", count: gap) + "# " + note
    }
}
