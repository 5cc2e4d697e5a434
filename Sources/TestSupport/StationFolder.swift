package import DropFolder
import Foundation
package import Inspection

/// An inbox with one station in it, and the inspection of it.
package struct StationFolder: Sendable {
    package let inbox: TemporaryFolder
    /// The station's folder below the inbox.
    package let station: String

    /// Writes a good station; `options` say what differs.
    package init(
        _ options: StationMaker.Options = .init(),
        station: String = "site-a/station",
        edge: Int = 512
    ) throws {
        inbox = try TemporaryFolder()
        self.station = station
        try StationMaker(edge: edge).write(to: inbox.path, named: station, options)
    }

    /// Writes a station with this sidecar, word for word.
    package init(sidecar: String) throws { try self.init(.init(sidecar: .text(sidecar))) }

    /// The rules of an inbox that was configured on 1 June 2026.
    package static var rules: InspectionRules {
        var rules = InspectionRules()
        rules.now = { Date(timeIntervalSince1970: 1_780_272_000) }
        return rules
    }

    package func snapshot() throws -> FolderSnapshot {
        try FolderSnapshot.take(inbox: inbox.path, path: station, ignoring: IgnoreRules())
    }

    package func put(_ bytes: [UInt8], as name: String) throws { try inbox.write(bytes, to: station + "/" + name) }

    package func remove(_ name: String) throws { try inbox.remove(station + "/" + name) }

    /// The absolute path of the file `name` in the station's folder.
    package func path(_ name: String) -> String { inbox.path(station + "/" + name) }

    package func inspect(_ rules: InspectionRules = StationFolder.rules) async throws -> InspectionReport {
        await Self.inspect(try snapshot(), rules)
    }

    package static func inspect(
        _ snapshot: FolderSnapshot,
        _ rules: InspectionRules = StationFolder.rules
    ) async -> InspectionReport {
        await snapshot.inspected(by: rules)
    }
}
