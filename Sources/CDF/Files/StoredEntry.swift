import Station

/// What CDF keeps about a file after its entry was created or taken over, as the answer shows it.
struct StoredEntry: Equatable, Sendable, Decodable {
    var id: Int64?
    /// Whether it has had content before.
    var uploaded: Bool?
    /// Milliseconds since 1970, as all times here.
    var createdTime: Int64?
    var lastUpdatedTime: Int64?
    var directory: String?
    var source: String?
    var dataSetId: Int64?
    var sourceCreatedTime: Int64?
    var labels: [FileEntry.Label]?
    var securityCategories: [Int64]?

    /// Whether the file was there before: a new one is stored as it was sent, whatever the answer shows of that.
    private var isKnown: Bool {
        if uploaded == true { return true }
        guard let createdTime, let lastUpdatedTime else { return false }
        return createdTime < lastUpdatedTime
    }
}

/// An answer about one file: addresses for its bytes, and what CDF keeps about it.
struct FileAnswer<Addresses: Decodable & Sendable>: Sendable, Decodable {
    var addresses: Addresses
    var stored: StoredEntry?

    private enum CodingKeys: String, CodingKey { case items }

    init(from decoder: any Decoder) throws {
        addresses = try Addresses(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Flat by all SDKs; `items` in CDF's own documentation.
        stored =
            if let items = try container.decodeIfPresent([StoredEntry].self, forKey: .items) { items.first } else {
                try StoredEntry(from: decoder)
            }
    }
}

extension StoredEntry {
    /// What taking over has left as it was, contrary to `entry`; nil if nothing.
    ///
    /// CDF overwrites neither directory nor source (contract C); the rest is compared as well, since what it overwrites is documented
    /// for neither. Labels and security categories of others stay.
    func correction(to entry: FileEntry) -> FileUpdate? {
        guard isKnown else { return nil }
        func difference<Value: Equatable>(_ wanted: Value?, _ stored: Value?) -> FileUpdate.Set<Value>? {
            wanted.flatMap { $0 == stored ? nil : .init(set: $0) }
        }
        func lacking<Value: Hashable>(_ wanted: [Value]?, _ stored: [Value]?) -> FileUpdate.Add<Value>? {
            let known = Swift.Set(stored ?? [])
            let missing = (wanted ?? []).filter { !known.contains($0) }
            return missing.isEmpty ? nil : .init(add: missing)
        }
        let update = FileUpdate(
            directory: difference(entry.directory, directory),
            source: difference(entry.source, source),
            dataSetId: difference(entry.dataSetId, dataSetId),
            sourceCreatedTime: difference(entry.sourceCreatedTime, sourceCreatedTime),
            labels: lacking(entry.labels, labels),
            securityCategories: lacking(entry.securityCategories, securityCategories)
        )
        return update == FileUpdate() ? nil : update
    }
}

/// Changes of one file's entry; nil leaves a field alone.
struct FileUpdate: Equatable, Sendable, Encodable {
    struct Set<Value: Encodable & Equatable & Sendable>: Equatable, Sendable, Encodable { var set: Value }
    struct Add<Value: Encodable & Equatable & Sendable>: Equatable, Sendable, Encodable { var add: [Value] }

    var directory: Set<String>?
    var source: Set<String>?
    var dataSetId: Set<Int64>?
    var sourceCreatedTime: Set<Int64>?
    var labels: Add<FileEntry.Label>?
    var securityCategories: Add<Int64>?
}

extension CDFClient {
    /// Changes what CDF has left as it was when `description` took over the file in `stored`; usually nothing.
    func correct(_ stored: StoredEntry?, to description: FileDescription) async throws(CDFError) {
        guard case .entry(let entry) = description, let stored, let id = stored.id,
            let update = stored.correction(to: entry)
        else { return }
        struct Item: Encodable, Sendable {
            var id: Int64
            var update: FileUpdate
        }
        let request = JSONRequest(
            "/files/update",
            ["items": [Item(id: id, update: update)]],
            asked: "the update of file \(printable(entry.externalId))",
            .idempotent
        )
        _ = try await post(request, as: Nothing.self)
    }
}
