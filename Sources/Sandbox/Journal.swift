import Foundation

/// Why the folder given with `--data` can't be used.
struct JournalError: Error, CustomStringConvertible {
    let description: String
}

/// The append-only list of transactions under `--data`, one JSON line each.
///
/// A transaction is one `write`, so that a sandbox killed at any moment leaves at most a torn last
/// line, which ``replay(_:)`` drops: its request was never answered. The journal survives a crash of
/// the process; a power failure may lose the last transactions, as nothing is synced.
struct Journal {
    private let path: String
    private let handle: FileHandle

    /// Reads the journal at `path`, compacts it, and opens it.
    static func open(path: String, state: inout State, now: Int64) throws -> Journal {
        if let data = FileManager.default.contents(atPath: path) { try replay(data, path: path, into: &state) }
        state.dropTickets(expiredAt: now)
        let fresh = path + ".new"
        let all = state.changes.isEmpty ? Data() : try line(state.changes)
        try all.write(to: URL(fileURLWithPath: fresh))
        guard rename(fresh, path) == 0, let handle = FileHandle(forWritingAtPath: path) else {
            throw JournalError(
                description:
                    "The sandbox can't write \(path) (\(String(cString: strerror(errno)))). It does not start. "
                    + "Give another folder with --data, or make this one writable."
            )
        }
        try handle.seekToEnd()
        return Journal(path: path, handle: handle)
    }

    private static func replay(_ data: Data, path: String, into state: inout State) throws {
        let decoder = JSONDecoder()
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        let endsTorn = data.last != UInt8(ascii: "\n")
        for (index, line) in lines.enumerated() {
            if index == lines.count - 1, endsTorn { continue }
            do {
                for change in try decoder.decode([Change].self, from: Data(line)) { state.apply(change) }
            } catch {
                throw JournalError(
                    description: "Line \(index + 1) of \(path) is damaged (\(error)). The sandbox does not start. "
                        + "Move the folder away to start with an empty sandbox."
                )
            }
        }
    }

    private static func line(_ changes: [Change]) throws -> Data {
        try JSONEncoder().encode(changes) + Data([UInt8(ascii: "\n")])
    }

    func append(_ changes: [Change]) throws {
        try handle.write(contentsOf: Self.line(changes))
    }

    func close() throws { try handle.close() }
}
