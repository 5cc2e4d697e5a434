import Yams

/// Makes a ``Tree`` from what Yams read, and inserts the environment's values.
struct TreeBuilder {
    let environment: [String: String]
    let findings: Findings
    /// Keys that were given a second time, by position.
    let repeated: [SourcePosition: DuplicateKeys.Masked]

    /// The tree of `node`; `key` is the dotted path that leads to it.
    ///
    /// Recursive: the caller has made sure that the nodes are few and not nested too deeply.
    ///
    /// - Parameter keyPosition: Where the key of `node` is; nil where it has none.
    func tree(_ node: Node, key: String, keyPosition: SourcePosition? = nil) -> Tree {
        let position = SourcePosition(node.mark)
        return Tree(
            content: content(of: node, at: position, key: key),
            path: key,
            position: position,
            keyPosition: keyPosition ?? position
        )
    }

    private func content(of node: Node, at position: SourcePosition, key: String) -> Tree.Content {
        switch node {
        case .scalar(let scalar):
            return knowsTag(scalar.tag, at: position, key: key)
                ? content(of: scalar, at: position, key: key) : .unusable
        case .sequence(let sequence):
            guard knowsTag(sequence.tag, at: position, key: key) else { return .unusable }
            return .sequence(sequence.enumerated().map { tree($1, key: "\(key)[\($0)]") })
        case .mapping(let mapping):
            guard knowsTag(mapping.tag, at: position, key: key) else { return .unusable }
            return .mapping(mapping.compactMap { entry($0.key, $0.value, in: key) })
        case .alias:
            // The parser puts the anchored node in an alias's place; this case is for trees made in memory.
            findings.report("this alias has no anchor", at: position, key: key)
            return .unusable
        }
    }

    private func entry(_ keyNode: Node, _ value: Node, in parent: String) -> Tree.Entry? {
        let position = SourcePosition(keyNode.mark)
        guard case .scalar(let scalar) = keyNode else {
            findings.report("a key must be a word, not a list or a map", at: position, key: parent)
            return nil
        }
        if let known = repeated[position] {
            findings.report(
                "this key is given a second time; the first is in line \(known.firstLine)",
                "Keep one of them.",
                at: position,
                key: joined(parent, known.name)
            )
            return nil
        }
        let key = joined(parent, scalar.string)
        guard scalar.string != "<<" || scalar.style != .plain else {
            findings.report("merging maps with << is not supported", "Write the keys out.", at: position, key: key)
            return nil
        }
        return Tree.Entry(key: scalar.string, value: tree(value, key: key, keyPosition: position))
    }

    private func content(of scalar: Node.Scalar, at position: SourcePosition, key: String) -> Tree.Content {
        let written = scalar.string
        guard scalar.style == .plain else { return .scalar(Tree.Scalar(text: written, written: written)) }
        if ["", "~", "null", "Null", "NULL"].contains(written) { return .nothing }
        do throws(VariableSubstitution.Failure) {
            let text = try VariableSubstitution.expand(written, environment: environment)
            return .scalar(Tree.Scalar(text: text, written: written))
        } catch {
            switch error {
            case .notSet(let name):
                findings.report(
                    "environment variable \(name) is not set",
                    "Set it (in the unit: Environment= or EnvironmentFile=), or put the value in quotes to take it literally.",
                    at: position,
                    key: key
                )
            case .malformed:
                findings.report(
                    "this '${' starts no variable",
                    "Write ${NAME}, or put the value in quotes to take it literally.",
                    at: position,
                    key: key
                )
            }
            return .unusable
        }
    }

    private func knowsTag(_ tag: Tag, at position: SourcePosition, key: String) -> Bool {
        let name = tag.description
        guard !name.isEmpty, name != "!", !name.hasPrefix("tag:yaml.org,2002:") else { return true }
        findings.report(
            "the tag \(shown(name, limit: 40)) is not supported",
            "Remove it; ${NAME} in an unquoted value takes it from the environment.",
            at: position,
            key: key
        )
        return false
    }

    private func joined(_ parent: String, _ key: String) -> String {
        let name = shown(key, limit: 60)
        return parent.isEmpty ? name : "\(parent).\(name)"
    }
}
