import DropFolder
import Foundation
import Inspection
package import Station

/// A station on disk, with the result of its inspection.
package struct InspectedStation: Sendable {
    package var inbox: String
    /// The station's folder below the inbox.
    package var path: String
    /// What the folder looked like when it was inspected.
    package var stamp: Stamp
    package var capture: Capture

    /// The station was not accepted, as the test assumes.
    package struct NotAccepted: Error {
        package var problems: String
    }

    /// Writes a station and inspects it, on the day after the standard capture time.
    ///
    /// - Throws: ``NotAccepted``, or what ``StationMaker/write(to:named:_:)`` throws.
    package static func write(
        to inbox: TemporaryFolder,
        named path: String,
        _ options: StationMaker.Options = .init()
    ) async throws -> InspectedStation {
        try StationMaker().write(to: inbox.path, named: path, options)
        let snapshot = try FolderSnapshot.take(inbox: inbox.path, path: path, ignoring: IgnoreRules())
        var rules = InspectionRules()
        rules.now = { Date(timeIntervalSince1970: 1_777_723_200) }
        let report = await snapshot.inspected(by: rules)
        guard case .accepted(let capture) = report.verdict else {
            throw NotAccepted(problems: "\(report.verdict)")
        }
        return InspectedStation(inbox: inbox.path, path: path, stamp: report.snapshotStamp, capture: capture)
    }

    /// The absolute path of the file that holds `face`.
    package func file(_ face: Face) -> String { "\(inbox)/\(path)/\(capture.faces[face]?.fileName ?? "")" }
}
