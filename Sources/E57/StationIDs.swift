import Foundation

/// Makes station ids of the names in a file, whatever they are.
enum StationIDs {
    /// Bytes; leaves room for a number, and fits into one component of a path.
    private static let longest = 180

    /// One id for each name, in order; no two are the same, not even if letters are not told apart by case.
    ///
    /// A name that stands once is its own id. Otherwise the position's number is added, to each of them, so that none is named like the place as a
    /// whole.
    static func make(_ names: [String?]) -> [String] {
        let bases = names.map { $0.flatMap(fitting) }
        let counts = Dictionary(bases.compactMap { $0.map(key) }.map { ($0, 1) }, uniquingKeysWith: +)
        var ids: [String] = bases.enumerated().map { index, base in
            guard let base else { return "position-\(index + 1)" }
            return counts[key(base)] == 1 ? base : "\(base)-\(index + 1)"
        }
        // A name that looks like one with a number: the numbers differ, so each round parts more of them.
        var taken = Dictionary(ids.map { (key($0), 1) }, uniquingKeysWith: +)
        while taken.count < ids.count {
            for index in ids.indices where taken[key(ids[index]), default: 1] > 1 { ids[index] += "-\(index + 1)" }
            taken = Dictionary(ids.map { (key($0), 1) }, uniquingKeysWith: +)
        }
        return ids
    }

    /// The name in one line, without what cannot be seen; nil if nothing is left.
    static func oneLine(_ name: String?) -> String? {
        guard let name else { return nil }
        // Far longer than any id, and short enough for whatever comes.
        let scalars = name.unicodeScalars.prefix(4096).map { isVisible($0) ? $0 : " " }
        let text = String(String.UnicodeScalarView(scalars)).precomposedStringWithCanonicalMapping
        let words = text.split(separator: " ").joined(separator: " ")
        return words.isEmpty ? nil : shortened(words, to: longest)
    }

    /// What the names of a cube's images have in common: `Hall` for `Hall front` … `Hall bottom`; nil if that is nothing.
    static func common(_ names: [String?]) -> String? {
        let names = names.compactMap { oneLine($0) }
        guard let first = names.first else { return nil }
        guard names.count > 1 else { return first }
        if names.allSatisfy({ $0 == first }) { return first }
        var prefix = names.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        // A part of a number is no name: `Image_007` to `Image_012` are images of `Image`, not of `Image_0`.
        if names.contains(where: { $0.dropFirst(prefix.count).first?.isNumber == true }) {
            while prefix.last?.isNumber == true { prefix.removeLast() }
        }
        let trimmed = prefix.trimmingCharacters(in: CharacterSet(charactersIn: " -_.:,;/([#"))
        return trimmed.isEmpty ? nil : trimmed
    }

    /// A component of a path: no slash, and no dot in front, which would hide it.
    private static func fitting(_ name: String) -> String? {
        let single = name.replacing("/", with: "-").replacing("\\", with: "-")
        let text = String(single.drop { $0 == "." || $0 == " " })
        return text.isEmpty ? nil : text
    }

    private static func key(_ id: String) -> String { id.lowercased() }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned,
            .spaceSeparator:
            scalar.value == 0x200C || scalar.value == 0x200D
        default: true
        }
    }

    private static func shortened(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var head = ""
        for scalar in text.unicodeScalars {
            guard head.utf8.count + scalar.utf8.count <= limit - 3 else { break }
            head.unicodeScalars.append(scalar)
        }
        return head + "…"
    }
}

extension Unicode.Scalar {
    fileprivate var utf8: String.UTF8View { String(self).utf8 }
}
