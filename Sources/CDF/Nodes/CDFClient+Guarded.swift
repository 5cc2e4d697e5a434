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
    /// - Throws: ``CDFError/occupied(_:holds:)`` if one holds something of another kind; then nothing is written.
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
    /// - Throws: ``CDFError/occupied(_:holds:)`` for the first that is something else.
    private func expectOwn(_ nodes: [NodeWrite], asked: String) async throws(CDFError) {
        let references = nodes.map(\.reference)
        let held: [NodeReference: Holdings]
        do throws(CDFError) {
            held = try await holdings(of: references, asksForViews: nodes.contains(where: \.isOfViewKind), asked: asked)
        } catch {
            switch error {
            // Not every server answers this question. Without it nothing tells an empty node from one of another kind.
            case .refused, .notCDF: break
            default: throw error
            }
            let existing = try await existing(references, asked: asked)
            return try await expectMarks(on: nodes.filter { existing.contains($0.reference) }, asked: asked)
        }
        var doubtful: [NodeWrite] = []
        for node in nodes {
            guard let holdings = held[node.reference], !holdings.containers.isEmpty, let kind = node.kind else {
                continue
            }
            switch kind.place {
            case .container(let own) where !holdings.containers.contains(own):
                throw .taken(node, holds: holdings.words)
            case .container: if kind.property != nil { doubtful.append(node) }
            // A server may count only those views of which a node has all data; ours need not have a time.
            case .view(let own): if kind.property != nil || !holdings.views.contains(own) { doubtful.append(node) }
            }
        }
        try await expectMarks(on: doubtful, held: held, asked: asked)
    }

    /// Checks that `nodes`, which exist, are of their kinds.
    ///
    /// - Parameters:
    ///   - nodes: In which there may be other things.
    ///   - held: What they hold, if CDF has told.
    ///   - asked: For the messages.
    private func expectMarks(
        on nodes: [NodeWrite],
        held: [NodeReference: Holdings] = [:],
        asked: String
    ) async throws(CDFError) {
        for kind in Set(nodes.compactMap(\.kind)).sorted(by: { $0.description < $1.description }) {
            let concerned = nodes.filter { $0.kind == kind }
            let own = try await own(concerned.map(\.reference), kind, asked: asked)
            guard let other = concerned.first(where: { !own.contains($0.reference) }) else { continue }
            let holdings = kind.property == nil ? held[other.reference] : nil
            throw .taken(other, holds: holdings?.words ?? "not a \(kind)")
        }
    }

    /// Those of `nodes` that are of this kind.
    private func own(
        _ references: [NodeReference],
        _ kind: NodeMark,
        asked: String
    ) async throws(CDFError) -> Set<NodeReference> {
        // A filter by a view may demand data in each of its containers: any datum of it is enough here.
        guard kind.property == nil, case .view(let view) = kind.place else {
            return try await nodes(references, marked: kind, asked: asked)
        }
        let found = try await nodes(references, with: view, asked: asked)
        return Set(found.filter { !$0.values(in: view).isEmpty }.map(\.reference))
    }
}

extension CDFClient.Holdings {
    /// For messages.
    fileprivate var words: String { containers.map(\.description).sorted().joined(separator: ", ") }
}

extension CDFError {
    fileprivate static func taken(_ node: NodeWrite, holds: String) -> CDFError {
        .occupied(.node(node.reference), holds: holds)
    }
}

extension NodeWrite {
    /// Whether a node of its kind is told by a view: where the containers behind it are not known.
    fileprivate var isOfViewKind: Bool { if case .view = kind?.place { true } else { false } }

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
