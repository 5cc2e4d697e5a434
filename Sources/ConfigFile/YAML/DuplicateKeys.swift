/// A YAML text in which the second of two equal keys can be masked.
///
/// A masked key has its first character replaced by one of Unicode's private ones; lines and columns stay as they
/// are. What was masked by mistake (a look-alike within a text) does no harm: the file is refused anyway.
struct DuplicateKeys {
    /// A key that was masked.
    struct Masked {
        let name: String
        let firstLine: Int
    }

    private(set) var masked: [SourcePosition: Masked] = [:]
    private var scalars: [Unicode.Scalar]
    /// Where each line begins in `scalars`.
    private let lines: [Int]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        var lines = [0]
        for (index, scalar) in scalars.enumerated() where scalar == "\n" { lines.append(index + 1) }
        self.lines = lines
    }

    var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Masks the next key equal to `name` in the map that holds the key at `first`; false where it is not found.
    mutating func maskNext(_ name: String, first: SourcePosition) -> Bool {
        guard lines.indices.contains(first.line - 1) else { return false }
        let start = lines[first.line - 1] + first.column - 1
        guard let length = keyLength(name, at: start) else { return false }
        let inFlow = flowPrecedes(start)
        let found = (inFlow ? nextInFlow(name, after: start + length) : nil) ?? nextInBlock(name, after: first)
        guard let found, let sign = Unicode.Scalar(UInt32(0xE000 + masked.count)) else { return false }
        let line = (lines.firstIndex { $0 > found } ?? lines.count) - 1
        masked[SourcePosition(line: line + 1, column: found - lines[line] + 1)] = Masked(
            name: name,
            firstLine: first.line
        )
        let quoted = scalars[found] == "\"" || scalars[found] == "'"
        scalars[quoted ? found + 1 : found] = sign
        return true
    }

    /// How long the key `name` is at `index`, with its quotes; nil where another one is there.
    private func keyLength(_ name: String, at index: Int) -> Int? {
        guard !name.isEmpty else { return nil }
        for written in [name, "\"\(name)\"", "'\(name)'"] {
            let signs = Array(written.unicodeScalars)
            guard index >= 0, index + signs.count < scalars.count else { continue }
            guard scalars[index..<index + signs.count].elementsEqual(signs) else { continue }
            let rest = scalars[(index + signs.count)...].drop { $0 == " " }
            if rest.first == ":" { return signs.count }
        }
        return nil
    }

    private func flowPrecedes(_ index: Int) -> Bool {
        let before = scalars[..<index].last { $0 != " " && $0 != "\n" && $0 != "\r" }
        return before == "{" || before == ","
    }

    private func nextInFlow(_ name: String, after index: Int) -> Int? {
        var depth = 0
        var quote: Unicode.Scalar?
        var index = index
        while index < scalars.count {
            let scalar = scalars[index]
            if quote != nil {
                if scalar == quote { quote = nil }
            } else {
                switch scalar {
                case "\"", "'": quote = scalar
                case "{", "[": depth += 1
                case "}", "]": depth -= 1
                case "," where depth == 0:
                    var next = index + 1
                    while next < scalars.count, [" ", "\n", "\r"].contains(scalars[next]) { next += 1 }
                    if keyLength(name, at: next) != nil { return next }
                default: break
                }
                if depth < 0 { return nil }
            }
            index += 1
        }
        return nil
    }

    private func nextInBlock(_ name: String, after first: SourcePosition) -> Int? {
        for start in lines.dropFirst(first.line) {
            let content = scalars[start...].prefix { $0 == " " }.endIndex
            guard content < scalars.count else { return nil }
            // Blank lines and comments belong to no map.
            if ["\n", "\r", "#"].contains(scalars[content]) { continue }
            let column = content - start + 1
            if column < first.column { return nil }
            if column == first.column, keyLength(name, at: content) != nil { return content }
        }
        return nil
    }
}
