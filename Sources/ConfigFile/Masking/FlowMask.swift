import Foundation

/// Masks a value in brackets, `{url: …, on: [failed]}`, which may go over several lines and need not be closed.
struct FlowMask {
    /// A map has the key whose value comes next, a list the key that it is the value of.
    private struct Level {
        var isMap: Bool
        var key: String?
        var words = 0
    }

    private let key: String
    private var levels: [Level] = []

    /// - Parameter key: Whose value it is.
    init(key: String) { self.key = key }

    /// Whether a bracket is not closed yet.
    var isOpen: Bool { !levels.isEmpty }

    /// - Parameter hide: Called with each value, its key, and which of a list it is, for what may be shown of it.
    mutating func masked(_ text: String, hide: (String, String?, Int) -> String) -> String {
        var (result, atom) = ("", "")
        var quote: Character?
        for character in text {
            if let open = quote {
                atom.append(character)
                if character == open { quote = nil }
                continue
            }
            switch character {
            case "\"", "'":
                if atom.allSatisfy({ $0.isWhitespace || $0 == ":" }) || atom.hasSuffix(": ") { quote = character }
                atom.append(character)
            case "{", "[", "}", "]", ",":
                // Inside a plain address brackets are part of it: `https://[::1]/x`.
                result += shown(&atom, hide)
                result.append(character)
                step(character)
            default: atom.append(character)
            }
        }
        return result + shown(&atom, hide)
    }

    private mutating func step(_ character: Character) {
        switch character {
        case "{": levels.append(Level(isMap: true))
        case "[": levels.append(Level(isMap: false, key: levels.last.map(\.key) ?? key))
        case "}", "]": if !levels.isEmpty { levels.removeLast() }
        default: if levels.last?.isMap == true { levels[levels.count - 1].key = nil }
        }
    }

    /// The text between two brackets or commas.
    private mutating func shown(_ atom: inout String, _ hide: (String, String?, Int) -> String) -> String {
        defer { atom = "" }
        let blank = atom.prefix(while: \.isWhitespace)
        var rest = atom.dropFirst(blank.count)
        guard !rest.isEmpty else { return atom }
        var start = String(blank)
        // What follows the last bracket is a comment, or in a wrong place.
        guard var level = levels.last else { return start + hide(String(rest), nil, 0) }
        defer { levels[levels.count - 1] = level }
        if level.isMap, let name = rest.prefixMatch(of: /(["']?)([A-Za-z0-9_.-]{1,64})\1\s*:(?:\s+|$)/) {
            level.key = String(name.2)
            start += name.0
            rest = rest[name.range.upperBound...]
            guard !rest.isEmpty else { return start }
        }
        defer { level.words += 1 }
        return start + hide(String(rest), level.key, level.isMap ? 0 : level.words)
    }
}
