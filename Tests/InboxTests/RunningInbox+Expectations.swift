import DropFolder
import Inbox
import Station
import TestSupport
import Testing

extension RunningInbox {
    /// The next event must be that a station is quiet; returns its folder.
    @discardableResult
    func nextQuiet(sourceLocation: SourceLocation = #_sourceLocation) async throws -> FolderSnapshot {
        do { return try await nextFolder() } catch {
            Issue.record(error, sourceLocation: sourceLocation)
            throw error
        }
    }

    /// The next event must be that the station at `path` is quiet.
    func expectQuiet(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let snapshot = try await nextQuiet(sourceLocation: sourceLocation)
        #expect(snapshot.path == path, sourceLocation: sourceLocation)
    }

    /// Proves that there is no other event: a station that is dropped now is the next one.
    func expectNothingElse(in folder: TemporaryFolder, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        let name = "marker-\(taken)"
        try folder.drop(name)
        let next = await next()
        guard case .quiet(.folder(let snapshot)) = next, snapshot.path == name else {
            Issue.record("not the marker: \(String(describing: next))", sourceLocation: sourceLocation)
            return
        }
    }
}

extension Stamp: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(rawValue: text) }
}
