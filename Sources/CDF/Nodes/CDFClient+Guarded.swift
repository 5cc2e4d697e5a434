import Station

extension CDFClient {
    /// Writes nodes in one transaction, but over nothing that another tool keeps under the same ids.
    ///
    /// Nodes that have a kind are first written as new ones, which costs no further request. Only if CDF already has one of them does it
    /// take one or two looks at what they hold, and a second write.
    ///
    /// - Parameters:
    ///   - nodes: At most ``nodesPerCall``, none twice.
    ///   - known: Those that this process has written before.
    ///   - asked: For the messages.
    /// - Returns: A receipt for every node.
    /// - Throws: ``CDFError/occupied(node:space:holds:)`` if one holds something of another kind; then nothing is written.
    package func write(
        _ nodes: [NodeWrite],
        known: Set<NodeReference> = [],
        asked: String
    ) async throws(CDFError) -> [NodeReceipt] {
        let new = nodes.filter { $0.kind != nil && !known.contains($0.reference) }
        guard !new.isEmpty else { return try await apply(nodes, asked: asked) }
        let insertion = nodes.map { known.contains($0.reference) ? $0 : $0.asNew }
        let answer = try await answer(to: .apply(insertion, asked: asked)) { $0.isVersionConflict }
        if answer.isSuccess { return try receipts(in: answer, for: nodes, asked: asked) }
        // One of them exists: from an earlier attempt or visit, mostly.
        try await expectOwn(new, asked: asked)
        return try await apply(nodes, asked: asked)
    }

    /// Checks that what CDF has under the ids of `nodes`, if anything, are nodes of their kinds, or empty ones.
    ///
    /// - Throws: ``CDFError/occupied(node:space:holds:)`` for the first that is something else.
    private func expectOwn(_ nodes: [NodeWrite], asked: String) async throws(CDFError) {
        let held: [NodeReference: Set<ContainerReference>]
        do throws(CDFError) { held = try await containers(of: nodes.map(\.reference), asked: asked) } catch {
            switch error {
            // Not every server answers this question. Without it nothing tells an empty node from one of another kind.
            case .refused, .notCDF: break
            default: throw error
            }
            let existing = try await existing(nodes.map(\.reference), asked: asked)
            try await expectMarks(on: nodes.filter { existing.contains($0.reference) }, asked: asked)
            return
        }
        var doubtful: [NodeWrite] = []
        for node in nodes {
            guard let held = held[node.reference], !held.isEmpty,
                let kind = node.kind, case .container(let own) = kind.place
            else { continue }
            guard held.contains(own) else {
                throw .occupied(node, holds: held.map(\.description).sorted().joined(separator: ", "))
            }
            if kind.property != nil { doubtful.append(node) }
        }
        try await expectMarks(on: doubtful, asked: asked)
    }

    /// Checks that `nodes`, which exist, are of their kinds.
    private func expectMarks(on nodes: [NodeWrite], asked: String) async throws(CDFError) {
        for kind in Set(nodes.compactMap(\.kind)).sorted(by: { $0.description < $1.description }) {
            let concerned = nodes.filter { $0.kind == kind }
            let own = try await self.nodes(concerned.map(\.reference), marked: kind, asked: asked)
            guard let other = concerned.first(where: { !own.contains($0.reference) }) else { continue }
            throw .occupied(other, holds: "not a \(kind)")
        }
    }
}

extension CDFError {
    fileprivate static func occupied(_ node: NodeWrite, holds: String) -> CDFError {
        .occupied(node: node.reference.externalId, space: node.reference.space, holds: holds)
    }
}

extension NodeWrite {
    /// The same, for a node that must not exist yet, if it has a kind: how it is written first.
    package var asNew: NodeWrite {
        var node = self
        if kind != nil { node.existingVersion = 0 }
        return node
    }
}

extension Answer {
    /// Whether a node exists in a newer version than may be written over, or another client was writing it at the same time.
    fileprivate var isVersionConflict: Bool {
        // The status and the words are known from one SDK only. (A relation to a missing node has no such words.)
        let words = errorMessage.lowercased()
        return status == 409
            || ([400, 422].contains(status) && (words.contains("conflict") || words.contains("existingversion")))
    }
}
