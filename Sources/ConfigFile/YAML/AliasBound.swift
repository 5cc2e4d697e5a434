/// An upper bound for how far the aliases of a YAML text can expand it, derived from the text alone.
///
/// An alias can only repeat what an anchor before it holds. With `r` aliases between one anchor and the next, what can be reached
/// grows at most by the factor `1 + r`; the product over all anchors bounds the whole.
enum AliasBound {
    static let limit = 1000

    /// Where the bound exceeds the limit; nil where it does not.
    ///
    /// Counts every `&` and `*` that could begin an anchor or alias, so that some in comments or text are counted
    /// too; a token cannot follow a letter or a quote, so that `R&D` and `"*tmp"` are not.
    static func exceeded(in text: String) -> SourcePosition? {
        var product = 1
        var aliases = 0
        var line = 1
        var column = 1
        var before: Unicode.Scalar = " "
        var mark: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if let sign = mark, isName(scalar) {
                if sign == "*" {
                    aliases += 1
                } else {
                    product *= 1 + aliases
                    aliases = 0
                }
                if product * (1 + aliases) > limit { return SourcePosition(line: line, column: column - 1) }
            }
            mark = (scalar == "*" || scalar == "&") && !isName(before) && before != "\"" && before != "'" ? scalar : nil
            before = scalar
            column += 1
            if scalar == "\n" {
                line += 1
                column = 1
            }
        }
        return nil
    }

    private static func isName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
