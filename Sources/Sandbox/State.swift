/// One step from one state of the sandbox to the next, as stored in the journal.
enum Change: Codable, Sendable {
    case file(FileEntry)
    case fileDeleted(Int64)
    case ticket(UploadTicket)
    case multipart(MultipartUpload)
    case multipartEnded(String)
    case instance(Instance)
    case instanceDeleted(InstanceID)
    case record(RecordKind, String, Record)
    case recordDeleted(RecordKind, String)
    case nonce(String, expires: Int64)
    case nonceSpent(String)
    case extraction(Extraction)
    case extractionEnded(Int64)
}

/// The whole state of the sandbox.
///
/// It changes only through ``apply(_:)``, so that replaying the journal gives the same state.
struct State: Sendable {
    private(set) var files: [Int64: FileEntry] = [:]
    private(set) var fileIDs: [String: Int64] = [:]
    private(set) var instanceFileIDs: [InstanceID: Int64] = [:]
    private(set) var tickets: [String: UploadTicket] = [:]
    private(set) var multiparts: [String: MultipartUpload] = [:]
    private(set) var instances: [InstanceID: Instance] = [:]
    private(set) var records: [RecordKind: [String: Record]] = [:]
    /// The nonces of sessions that are not spent, and when they expire.
    private(set) var nonces: [String: Int64] = [:]
    /// The processing under way, by revision.
    private(set) var extractions: [Int64: Extraction] = [:]
    /// The largest number used so far; every id and sequence number is taken from here.
    private(set) var lastNumber: Int64 = 1_000_000

    mutating func apply(_ change: Change) {
        switch change {
        case .file(let file):
            lastNumber = max(lastNumber, file.id)
            files[file.id] = file
            if let externalID = file.externalID { fileIDs[externalID] = file.id }
            if let instanceID = file.instanceID { instanceFileIDs[instanceID] = file.id }
        case .fileDeleted(let id):
            guard let file = files.removeValue(forKey: id) else { return }
            if let externalID = file.externalID { fileIDs[externalID] = nil }
            if let instanceID = file.instanceID { instanceFileIDs[instanceID] = nil }
        case .ticket(let ticket): tickets[ticket.token] = ticket
        case .multipart(let upload): multiparts[upload.uploadID] = upload
        case .multipartEnded(let uploadID):
            multiparts[uploadID] = nil
            tickets = tickets.filter { $0.value.part?.uploadID != uploadID }
        case .instance(let instance):
            lastNumber = max(lastNumber, instance.sequence)
            instances[instance.id] = instance
        case .instanceDeleted(let id): instances[id] = nil
        case .record(let kind, let key, let record):
            if let id = record.members["id"]?.int { lastNumber = max(lastNumber, id) }
            records[kind, default: [:]][key] = record
        case .recordDeleted(let kind, let key): records[kind]?[key] = nil
        case .nonce(let nonce, let expires): nonces[nonce] = expires
        case .nonceSpent(let nonce): nonces[nonce] = nil
        case .extraction(let extraction): extractions[extraction.revision] = extraction
        case .extractionEnded(let revision): extractions[revision] = nil
        }
    }

    /// Drops expired upload URLs and nonces.
    mutating func dropTickets(expiredAt now: Int64) {
        tickets = tickets.filter { $0.value.expires > now }
        nonces = nonces.filter { $0.value > now }
    }

    func file(_ externalID: String) -> FileEntry? { fileIDs[externalID].flatMap { files[$0] } }
    func file(_ id: InstanceID) -> FileEntry? { instanceFileIDs[id].flatMap { files[$0] } }

    /// The names of all blobs in use.
    var blobs: Set<String> {
        Set(files.values.compactMap { $0.content?.blob })
            .union(multiparts.values.flatMap { $0.parts.values.map(\.blob) })
    }

    /// The fewest changes that lead from an empty state to this one.
    var changes: [Change] {
        files.values.map(Change.file) + tickets.values.map(Change.ticket) + multiparts.values.map(Change.multipart)
            + instances.values.map(Change.instance)
            + records.flatMap { kind, table in table.map { Change.record(kind, $0.key, $0.value) } }
            + nonces.map { Change.nonce($0.key, expires: $0.value) } + extractions.values.map(Change.extraction)
    }
}
