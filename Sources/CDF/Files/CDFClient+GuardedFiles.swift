import Foundation
import Station

extension CDFClient {
    /// Creates a file, or takes over the one of ours with the same id; never one that another tool keeps under it.
    ///
    /// An entry is first created as a new one, which costs no further request. Only if CDF refuses that, it takes a look at what it has
    /// under the id, and a second creation.
    ///
    /// - Parameters:
    ///   - description: The file.
    ///   - parts: As for ``FileDescription/creation(parts:takesOver:)``.
    ///   - isOurs: Whether the file is certainly ours if it exists.
    /// - Returns: The answer, with the addresses for its bytes.
    /// - Throws: ``CDFError/occupied(_:holds:)`` if the id is that of another file, which stays as it is.
    func create<Addresses: Decodable & Sendable>(
        _ description: FileDescription,
        parts: Int? = nil,
        isOurs: Bool
    ) async throws(CDFError) -> FileAnswer<Addresses> {
        switch description {
        case .node(let node, _): return try await address(of: node, description.creation(parts: parts))
        case .entry(let entry):
            let takingOver = description.creation(parts: parts, takesOver: true)
            guard !isOurs else { return try await post(takingOver) }
            let creation = description.creation(parts: parts)
            // How CDF says that an external id is taken is not documented (contract L.2): whatever it says, look.
            let answer = try await answer(to: creation) { [400, 409, 422].contains($0.status) }
            if answer.isSuccess { return try decode(answer, asked: creation.asked) }
            if let stored = try await storedFile(entry.externalId), !stored.isSameThing(as: entry) {
                throw .occupied(.file(entry.externalId), holds: stored.words)
            }
            // Ours from an earlier try, or not there: then this is refused for the same reason.
            return try await post(takingOver)
        }
    }

    /// What CDF has under this external id; nil if nothing.
    private func storedFile(_ externalID: String) async throws(CDFError) -> StoredFile? {
        struct Found: Decodable, Sendable { var items: [StoredFile] }
        let found: Found = try await post(.fileStatuses([.externalID(externalID)]))
        return found.items.first
    }
}

/// A file of whoever, as far as it takes to tell whose it is.
private struct StoredFile: Decodable, Sendable {
    var name: String?
    var source: String?
    var metadata: [String: String]?

    /// By what an entry says what it holds; all of ours have some of these.
    private static let identity = ["site_id", "station_id", "face", "file_role"]

    /// Whether it was created for the same face or point cloud, by whatever tool: an earlier try, or a ledger that was lost.
    func isSameThing(as entry: FileEntry) -> Bool {
        Self.identity.allSatisfy { metadata?[$0] == entry.metadata[$0] }
    }

    /// For messages: `pump.pdf of SAP`.
    var words: String {
        [name ?? "a file without name", source.map { "of \($0)" }].compactMap(\.self).joined(
            separator: " "
        )
    }
}
