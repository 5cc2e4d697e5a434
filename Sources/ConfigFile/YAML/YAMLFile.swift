import Yams

/// Turns the text of a file into a ``Tree``.
///
/// Yams composes the whole tree before we see it. It copies nothing for an alias but does hash every key, through every alias
/// in it; so aliases are bounded in the text, before Yams sees it, and nodes afterwards.
enum YAMLFile {
    /// No real configuration comes near these limits; a larger tree is a mistake or an attack.
    static let nodeLimit = 10_000
    static let depthLimit = 16

    /// The tree of `text`; nil where the file as a whole cannot be read, which is then in `findings`.
    static func tree(of text: String, environment: [String: String], findings: Findings) -> Tree? {
        if let position = firstControlCharacter(in: text) {
            findings.report(
                "this line contains a control character",
                "Delete the line and type it again; text copied from a document may contain such characters.",
                at: position
            )
            return nil
        }
        if let position = AliasBound.exceeded(in: text) {
            findings.report(
                "there are more anchors and aliases (&name, *name) than drop360 accepts",
                "Write the values out.",
                at: position
            )
            return nil
        }
        var keys = DuplicateKeys(text)
        guard let root = compose(&keys, findings: findings) else { return nil }
        guard isSmall(root, findings: findings) else { return nil }
        return TreeBuilder(environment: environment, findings: findings, repeated: keys.masked)
            .tree(root, key: "", keyPosition: SourcePosition(line: 1, column: 1))
    }

    private static func compose(_ keys: inout DuplicateKeys, findings: Findings) -> Node? {
        // Yams stops at the first repeated key. It is masked and Yams runs again, so that one run of drop360 reports everything.
        for _ in 0..<50 {
            do {
                guard let root = try Yams.compose(yaml: keys.text) else {
                    findings.report("the file is empty", "'drop360 config --example' prints a file to start with.")
                    return nil
                }
                return root
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let position = SourcePosition(line: context.mark.line, column: context.mark.column)
                guard let name = names.first, keys.maskNext(name, first: position) else {
                    findings.report(
                        "this key is given more than once in the same map",
                        "Keep one of them.",
                        at: position,
                        key: shown(names.first ?? "")
                    )
                    return nil
                }
            } catch let error as YamlError {
                SyntaxWords.report(error, text: keys.text, findings: findings)
                return nil
            } catch {
                findings.report("this is not YAML: \(shown("\(error)"))")
                return nil
            }
        }
        findings.report("too many keys are given more than once", "Keep one of each.")
        return nil
    }

    private static func isSmall(_ root: Node, findings: Findings) -> Bool {
        var count = 0
        var open: [(node: Node, depth: Int)] = [(root, 1)]
        while let (node, depth) = open.popLast() {
            count += 1
            guard count <= nodeLimit else {
                findings.report("the file contains more than \(nodeLimit) values, counted through its aliases")
                return false
            }
            guard depth <= depthLimit else {
                findings.report("this is nested more than \(depthLimit) levels deep", at: SourcePosition(node.mark))
                return false
            }
            switch node {
            case .scalar, .alias: break
            case .sequence(let items): open += items.map { ($0, depth + 1) }
            case .mapping(let pairs): open += pairs.flatMap { [($0.key, depth + 1), ($0.value, depth + 1)] }
            }
        }
        return true
    }

    private static func firstControlCharacter(in text: String) -> SourcePosition? {
        var line = 1
        var column = 1
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n":
                line += 1
                column = 1
                continue
            case "\t", "\r", "\u{85}": break
            default:
                if scalar.properties.generalCategory == .control { return SourcePosition(line: line, column: column) }
            }
            column += 1
        }
        return nil
    }
}

extension SourcePosition {
    init(_ mark: Mark?) { self.init(line: mark?.line ?? 1, column: mark?.column ?? 1) }
}
