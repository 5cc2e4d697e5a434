import Yams

/// Describes a YAML syntax error for operators.
///
/// The parser's own description quotes the line, which may hold a secret; none of it is used.
enum SyntaxWords {
    static func report(_ error: YamlError, text: String, findings: Findings) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            report(problem, context: context, mark: mark, text: text, findings: findings)
        case .composer(_, let problem, let mark, _):
            if problem.contains("another document") {
                findings.report(
                    "a second document starts here ('---')",
                    "Keep one document in the file.",
                    at: SourcePosition(mark)
                )
            } else if problem.contains("undefined alias") {
                findings.report(
                    "this alias (*name) names no anchor (&name) above it",
                    "A value that starts with '*' must be in quotes.",
                    at: SourcePosition(mark)
                )
            } else {
                findings.report("this is not valid YAML: \(shown(problem))", at: SourcePosition(mark))
            }
        case .reader(let problem, let offset, _, _):
            // The offset counts Characters.
            let line = offset.map { text.prefix($0).count { $0.isNewline } + 1 }
            findings.report(
                "this is not valid YAML: \(shown(problem))",
                at: line.map { SourcePosition(line: $0, column: 1) }
            )
        case .memory:
            findings.report("the YAML is nested too deeply or too large to be read")
        case .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping:
            findings.report("the file could not be read as YAML")
        }
    }

    private static func report(
        _ problem: String,
        context: YamlError.Context?,
        mark: Mark,
        text: String,
        findings: Findings
    ) {
        let line = line(mark.line, of: text)
        if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            findings.report(
                "the indentation contains a tab",
                "YAML allows only spaces there.",
                at: SourcePosition(mark)
            )
            return
        }
        let lastLine = lastLine(of: text)
        // After the last line there is nothing to point at.
        let context = context.flatMap { $0.mark.line <= lastLine ? $0 : nil }
        let began = context.map { " (\(shown($0.text)) that starts in line \($0.mark.line))" } ?? ""
        let suggestion =
            if context?.text.contains("quoted scalar") == true {
                "Is a closing quote missing?"
            } else if line.contains(/\{.*\$\{/) {
                "A ${NAME} cannot be used without quotes within { }; write the map with one key per line."
            } else {
                "Check the indentation, the brackets and quotes, and values that contain ': ' or ' #' without quotes."
            }
        let position = position(of: mark, began: context, lastLine: lastLine)
        findings.report("this is not valid YAML: \(shown(problem))\(began)", suggestion, at: position)
    }

    /// The parser notices an open quote or bracket only at the end of the file; where it was opened is more useful.
    private static func position(of mark: Mark, began: YamlError.Context?, lastLine: Int) -> SourcePosition {
        guard mark.line > lastLine else { return SourcePosition(mark) }
        if let began, !began.text.contains("block") { return SourcePosition(began.mark) }
        return SourcePosition(line: lastLine, column: 1)
    }

    /// The number of the last line that is not blank, as the parser counts lines.
    private static func lastLine(of text: String) -> Int {
        var line = 1
        var last = 1
        var before: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where before == "\r": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": line += 1
            case " ", "\t": break
            default: last = line
            }
            before = scalar
        }
        return last
    }

    private static func line(_ number: Int, of text: String) -> Substring {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(number - 1) ? lines[number - 1] : ""
    }
}
