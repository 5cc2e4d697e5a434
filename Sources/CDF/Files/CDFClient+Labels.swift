import Station

extension CDFClient {
    /// Those of these labels, by their external ids, that the project lacks or that drop360 may not read.
    package func missingLabels(_ names: [String]) async throws(CDFError) -> [String] {
        guard !names.isEmpty else { return [] }
        struct Query: Encodable, Sendable {
            var items: [FileEntry.Label]
            var ignoreUnknownIds = true
        }
        struct Found: Decodable, Sendable { var items: [FileEntry.Label] }
        let query = Query(items: names.map(FileEntry.Label.init))
        let found: Found = try await post(JSONRequest("/labels/byids", query, asked: "the files' labels", .idempotent))
        let known = Set(found.items.map(\.externalId))
        return names.filter { !known.contains($0) }
    }
}
