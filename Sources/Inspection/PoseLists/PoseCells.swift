import Foundation

/// Splits one line into cells: handles quotes, brackets and trailing empty cells, but does not interpret them.
enum PoseCells {
    /// The cells of a line, without surrounding white space, quotes, and trailing empty cells.
    ///
    /// A nil separator means any white space. Separators in brackets do not count: `Rotation_Vector(i,j,k)`, `(0, 0, 1)`.
    static func of(_ text: String, by separator: Character?) -> [String] {
        let scalars = Array(text.unicodeScalars)
        let mark = separator?.unicodeScalars.first
        let closings = closings(of: scalars)
        var cells: [String] = []
        var cell = String.UnicodeScalarView()
        // A quoted cell counts even if it is empty.
        var (isQuoted, isBlank, wasQuoted) = (false, true, false)
        func ends(_ scalar: Unicode.Scalar) -> Bool { mark.map { $0 == scalar } ?? scalar.properties.isWhitespace }
        func finish() {
            let text = cleaned(String(cell))
            if mark != nil || wasQuoted || !text.isEmpty { cells.append(text) }
            (cell, isBlank, wasQuoted) = (.init(), true, false)
        }
        var at = 0
        while at < scalars.count {
            let scalar = scalars[at]
            if scalar == "\"", isQuoted, at + 1 < scalars.count, scalars[at + 1] == "\"" {
                cell.append(scalar)
                at += 1
            } else if scalar == "\"", isQuoted || isBlank {
                isQuoted.toggle()
                (isBlank, wasQuoted) = (false, true)
            } else if !isQuoted, ends(scalar) {
                finish()
            } else if !isQuoted, let closing = closings[at] {
                cell.append(contentsOf: scalars[at...closing])
                (at, isBlank) = (closing, false)
            } else {
                cell.append(scalar)
                if !scalar.properties.isWhitespace { isBlank = false }
            }
            at += 1
        }
        finish()
        while cells.last?.isEmpty == true { cells.removeLast() }
        return cells
    }

    /// Whether a line ends inside a quoted cell, which then continues in the next line.
    static func endsInQuotes(_ text: Substring.UnicodeScalarView, by separator: Character?) -> Bool {
        let mark = separator?.unicodeScalars.first
        var (isQuoted, isBlank) = (false, true)
        for scalar in text {
            if scalar == "\"", isQuoted || isBlank {
                // A doubled quote closes and opens again.
                isQuoted.toggle()
                isBlank = !isQuoted
            } else if !isQuoted, mark.map({ $0 == scalar }) ?? scalar.properties.isWhitespace {
                isBlank = true
            } else if !scalar.properties.isWhitespace {
                isBlank = false
            }
        }
        return isQuoted
    }

    /// The position of the closing bracket for each opening one.
    private static func closings(of scalars: [Unicode.Scalar]) -> [Int: Int] {
        guard scalars.contains(where: { $0 == "(" || $0 == "[" }) else { return [:] }
        var (open, closings): ([Int], [Int: Int]) = ([], [:])
        for (at, scalar) in scalars.enumerated() {
            switch scalar {
            case "(", "[": open.append(at)
            case ")", "]":
                if let start = open.popLast() { closings[start] = at }
            default: continue
            }
        }
        return closings
    }

    /// Removes white space and invisible characters at the ends, line breaks inside, and Excel's `="…"`.
    static func cleaned(_ cell: String) -> String {
        var text = Substring(cell)
        while let first = text.unicodeScalars.first, isInvisible(first) { text.unicodeScalars.removeFirst() }
        while let last = text.unicodeScalars.last, isInvisible(last) { text.unicodeScalars.removeLast() }
        if text.hasPrefix("=\""), text.hasSuffix("\""), text.count > 3 { text = text.dropFirst(2).dropLast() }
        guard text.unicodeScalars.contains(where: \.isLineEnd) else { return String(text) }
        return text.split(whereSeparator: { $0.unicodeScalars.contains(where: \.isLineEnd) })
            .joined(separator: " ")
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isWhitespace { return true }
        // Zero-width spaces, joiners and direction marks, and a byte order mark inside the text.
        return (0x200B...0x200F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
            || scalar.value == 0x2060 || scalar.value == 0xFEFF
    }
}

extension Unicode.Scalar {
    /// Whether this is a line feed, carriage return, or another Unicode line break.
    var isLineEnd: Bool { value == 0x0A || value == 0x0D || value == 0x85 || value == 0x2028 || value == 0x2029 }
}
