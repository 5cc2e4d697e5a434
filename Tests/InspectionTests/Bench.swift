import DropFolder
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// An inbox with one station in it, and the inspection of it.
struct Bench {
    let inbox: TemporaryFolder
    /// The station's folder below the inbox.
    let station: String

    /// Writes a good station; `options` say what differs.
    init(_ options: StationMaker.Options = .init(), station: String = "site-a/station", edge: Int = 512) throws {
        inbox = try TemporaryFolder()
        self.station = station
        try StationMaker(edge: edge).write(to: inbox.path, named: station, options)
    }

    /// A station with this sidecar, word by word.
    init(sidecar: String) throws { try self.init(.init(sidecar: .text(sidecar))) }

    /// The rules of an inbox that was configured on 1 June 2026.
    static var rules: InspectionRules {
        var rules = InspectionRules()
        rules.now = { Date(timeIntervalSince1970: 1_780_272_000) }
        return rules
    }

    func snapshot() throws -> FolderSnapshot {
        try FolderSnapshot.take(inbox: inbox.path, path: station, ignoring: IgnoreRules())
    }

    func put(_ bytes: [UInt8], as name: String) throws { try inbox.write(bytes, to: station + "/" + name) }

    func remove(_ name: String) throws { try inbox.remove(station + "/" + name) }

    func path(_ name: String) -> String { inbox.path(station + "/" + name) }

    func inspect(_ rules: InspectionRules = Bench.rules) async throws -> InspectionReport {
        await Bench.inspect(try snapshot(), rules)
    }

    static func inspect(_ snapshot: FolderSnapshot, _ rules: InspectionRules = Bench.rules) async -> InspectionReport {
        await snapshot.inspected(by: rules)
    }
}

extension InspectionReport {
    var capture: Capture? { if case .accepted(let capture) = verdict { capture } else { nil } }

    /// The codes of a rejection, in order; nil where the verdict is another.
    var rejection: [String]? {
        if case .rejected(let problems) = verdict { problems.map(\.code) } else { nil }
    }

    /// The codes of an incomplete station, in order; nil where the verdict is another.
    var waiting: [String]? {
        if case .incomplete(let problems) = verdict { problems.map(\.code) } else { nil }
    }

    /// All messages of the verdict, one per line.
    var words: String {
        switch verdict {
        case .rejected(let problems), .incomplete(let problems): problems.map(\.message).joined(separator: "\n")
        case .accepted, .partOf, .changed, .unavailable: ""
        }
    }
}
