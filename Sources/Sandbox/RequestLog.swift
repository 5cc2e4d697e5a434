import Foundation

/// The requests to the API, newest last; those to `/sandbox` and `/` are not logged.
///
/// An actor on a queue of its own because it may also write a file.
actor RequestLog {
    struct Entry: Sendable {
        var n: Int
        var method: String
        var path: String
        var query: [String: String]
        var headers: JSON
        var fault: String?
        var startedAt: Int64
        var answeredAt: Int64?
        var status: JSON = .null
        var requestBody: JSON?
        var bytes: Int64 = 0

        var json: JSON {
            .members([
                "n": .int(Int64(n)), "method": .string(method), "path": .string(path),
                "query": .object(query.mapValues(JSON.string)), "headers": headers, "fault": fault.map(JSON.string),
                "startedAt": .int(startedAt), "answeredAt": answeredAt.map(JSON.int), "status": status,
                "requestBody": requestBody, "bytes": .int(bytes),
            ])
        }
    }

    /// What is recorded about a request while it is being handled.
    struct Outcome: Sendable {
        var status: JSON
        var requestBody: JSON?
        var bytes: Int64 = 0
    }

    private let limit: Int
    private let handle: FileHandle?
    private var entries: [Entry] = []
    private var last = 0
    private let executor = QueueExecutor(label: "drop360.sandbox.requests")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(configuration: SandboxConfiguration) throws {
        limit = max(1, configuration.requestLogLimit)
        guard configuration.writesRequestLog, let data = configuration.data else {
            handle = nil
            return
        }
        let path = URL(fileURLWithPath: data, isDirectory: true).appending(path: "requests.jsonl")
        if !FileManager.default.fileExists(atPath: path.path) { try Data().write(to: path) }
        handle = try FileHandle(forWritingTo: path)
        try handle?.seekToEnd()
    }

    func begin(method: String, path: String, query: [String: String], headers: JSON, fault: String?, at now: Int64)
        -> Int
    {
        last += 1
        entries.append(
            Entry(n: last, method: method, path: path, query: query, headers: headers, fault: fault, startedAt: now)
        )
        if entries.count > limit + limit / 4 { entries.removeFirst(entries.count - limit) }
        return last
    }

    func finish(_ n: Int, _ outcome: Outcome, at now: Int64) throws {
        guard let index = entries.lastIndex(where: { $0.n == n }) else { return }
        entries[index].status = outcome.status
        entries[index].requestBody = outcome.requestBody
        entries[index].bytes = outcome.bytes
        entries[index].answeredAt = now
        try handle?.write(contentsOf: Data(entries[index].json.utf8 + [UInt8(ascii: "\n")]))
    }

    /// The requests after number `since`; `last` is the number of the newest.
    func json(since: Int) -> JSON {
        ["last": .int(Int64(last)), "requests": .array(entries.filter { $0.n > since }.map(\.json))]
    }

    /// Removes all entries; numbering continues.
    func clear() { entries = [] }

    func close() throws { try handle?.close() }

    private static let secretKeys: Set = ["clientSecret", "client_secret", "nonce"]

    /// `body` without its secrets.
    static func redacted(_ body: JSON) -> JSON {
        switch body {
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, value in
                        (key, secretKeys.contains(key) ? "***" : redacted(value))
                    }
                )
            )
        case .array(let elements): .array(elements.map(redacted))
        default: body
        }
    }
}
