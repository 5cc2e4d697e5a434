import Foundation

/// The state of the sandbox and the folder in which it is stored.
///
/// An actor because all requests share it. Each of its methods is one transaction: it checks
/// everything first and calls ``commit(_:)`` last, so that a refused request leaves no trace.
actor SandboxStore {
    let configuration: SandboxConfiguration
    /// The folder of file contents; its sibling `incoming` holds them while they arrive.
    nonisolated let blobs: URL
    nonisolated let incoming: URL
    private let root: URL
    private let isTemporary: Bool
    private let lock: FileHandle
    private let journal: Journal?
    private(set) var state: State
    /// What the project is like now.
    private(set) var shape: ProjectShape
    private(set) var schema: Schema
    /// How many more requests about a new file the file service refuses, by its node; not kept over a restart.
    var lateFiles: [InstanceID: Int] = [:]
    /// The files of nodes whose contents have arrived, and that may not be `uploaded` yet.
    var settling: Set<Int64>
    private var reserved: Int64 = 0
    /// The multipart uploads whose parts are being joined.
    var joining: Set<String> = []
    private let executor = QueueExecutor(label: "drop360.sandbox.store")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(configuration: SandboxConfiguration) throws {
        self.configuration = configuration
        isTemporary = configuration.data == nil
        root =
            configuration.data.map { URL(fileURLWithPath: $0, isDirectory: true) }
            ?? FileManager.default.temporaryDirectory.appending(
                path: "drop360-sandbox-\(UUID().uuidString)",
                directoryHint: .isDirectory
            )
        blobs = root.appending(path: "blobs", directoryHint: .isDirectory)
        incoming = root.appending(path: "incoming", directoryHint: .isDirectory)
        do {
            for folder in [blobs, incoming] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
        } catch {
            throw JournalError(
                description: "The sandbox can't use the folder \(root.path) (\(error.localizedDescription)). "
                    + "It does not start. Give another one with --data."
            )
        }
        lock = try Self.lock(root)
        var state = State()
        journal =
            isTemporary
            ? nil
            : try Journal.open(path: root.appending(path: "journal.jsonl").path, state: &state, now: Self.milliseconds)
        self.state = state
        settling = Set(
            state.files.values.filter { file in
                guard let node = file.instanceID, file.content != nil else { return false }
                return state.instances[node]?.values[.cogniteFile]?["isUploaded"] != true
            }.map(\.id)
        )
        shape = configuration.shape
        schema = Schema(configuration.shape)
        try Self.removeStrays(in: blobs, keeping: state.blobs)
        try Self.removeStrays(in: incoming, keeping: [])
    }

    /// Adds the space, the data set, the pipeline, the label and the security category that every sandbox has.
    func seed() throws {
        let now = now
        var changes: [Change] = []
        if state.records[.space]?["sandbox"] == nil {
            changes.append(
                .record(
                    .space,
                    "sandbox",
                    Record(members: [
                        "space": "sandbox", "name": "Sandbox", "isGlobal": false, "createdTime": .int(now),
                        "lastUpdatedTime": .int(now),
                    ])
                )
            )
        }
        let dataSet = state.records[.dataSet]?.values.first?.members["id"] ?? .int(nextNumber())
        let times: [String: JSON] = ["createdTime": .int(now), "lastUpdatedTime": .int(now)]
        let seeds: [(kind: RecordKind, id: JSON, members: [String: JSON])] = [
            (
                .dataSet, dataSet,
                ["externalId": "sandbox", "name": "Sandbox", "metadata": [:], "writeProtected": false]
            ),
            (
                .pipeline, .int(nextNumber()),
                ["externalId": "sandbox", "name": "Sandbox", "dataSetId": dataSet, "metadata": [:]]
            ),
            (.label, .int(nextNumber()), ["externalId": "sandbox", "name": "Sandbox"]),
            (.securityCategory, .int(nextNumber()), ["name": "sandbox"]),
        ]
        for (kind, id, members) in seeds where state.records[kind]?.isEmpty ?? true {
            let all = members.merging(times) { own, _ in own }.merging(["id": id]) { own, _ in own }
            changes.append(.record(kind, id.text, Record(members: all)))
        }
        try commit(changes)
    }

    /// Gives the project another shape; what it contains stays.
    func reshape(_ shape: ProjectShape) {
        (self.shape, schema) = (shape, Schema(shape))
        if shape.lateFiles == nil { lateFiles = [:] }
    }

    /// Milliseconds since 1970.
    nonisolated var now: Int64 { Self.milliseconds }
    private static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    func nextNumber() -> Int64 {
        reserved = max(reserved, state.lastNumber) + 1
        return reserved
    }

    /// Writes `changes` to the journal as one transaction, then applies them.
    func commit(_ changes: [Change]) throws {
        guard !changes.isEmpty else { return }
        try journal?.append(changes)
        for change in changes { state.apply(change) }
    }

    func table(_ kind: RecordKind) -> [Record] {
        (state.records[kind] ?? [:]).values.sorted {
            ($0.members["id"]?.int ?? 0, $0.members["space"]?.string ?? "")
                < ($1.members["id"]?.int ?? 0, $1.members["space"]?.string ?? "")
        }
    }

    func removeBlob(_ name: String) throws {
        try FileManager.default.removeItem(at: blobs.appending(path: name))
    }

    /// Closes the journal; without `--data`, deletes everything.
    func close() throws {
        try journal?.close()
        try lock.close()
        if isTemporary { try FileManager.default.removeItem(at: root) }
    }

    /// Keeps a second sandbox out of the folder; the system releases the lock when the process ends.
    private static func lock(_ root: URL) throws -> FileHandle {
        // Not inherited by child processes, in which the lock would outlive the sandbox.
        let descriptor = open(root.appending(path: "lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw JournalError(
                description:
                    "The sandbox can't write into the folder \(root.path) (\(String(cString: strerror(errno)))). "
                    + "It does not start. Give another one with --data."
            )
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw JournalError(
                description: "Another sandbox is using the folder \(root.path). This one does not start. "
                    + "Stop the other one, or give another folder with --data."
            )
        }
        return handle
    }

    private static func removeStrays(in folder: URL, keeping names: Set<String>) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !names.contains(name) {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }
}
