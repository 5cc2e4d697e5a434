import DropFolder
import Foundation
import Inspection
import Station
import TestSupport

/// An inbox with stations of one face that is no picture: their reports tell pose, ids and notes all the same, and cost nothing.
struct PoseBench {
    let inbox: TemporaryFolder

    init(_ stations: String...) throws {
        inbox = try TemporaryFolder()
        for station in stations { try add(station) }
    }

    func add(_ station: String) throws {
        try inbox.makeFolder(station)
        try inbox.write("x", to: station + "/front.jpg")
    }

    /// With an inspector of their own where there is none.
    func inspect(
        _ station: String,
        _ rules: InspectionRules = StationFolder.rules,
        with inspector: Inspector? = nil
    ) async throws -> InspectionReport {
        let snapshot = try FolderSnapshot.take(inbox: inbox.path, path: station, ignoring: IgnoreRules())
        guard let inspector else { return await StationFolder.inspect(snapshot, rules) }
        return await inspector.inspect(snapshot, rules: rules)
    }
}

extension InspectionReport {
    /// The codes of the verdict that speak of the pose, not of the faces.
    var poseCodes: [String] {
        switch verdict {
        case .rejected(let problems), .incomplete(let problems):
            problems.map(\.code).filter { !$0.hasPrefix("image-") && !$0.hasPrefix("face-") }
        case .accepted, .partOf, .changed, .unavailable: []
        }
    }

    /// The time in the image's external id; nil where it bears a digest.
    var idTime: String? { ids?.image.split(separator: "/").last.map(String.init) }
}
