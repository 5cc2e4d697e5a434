import Foundation
import Ledger
import Station

// What a report says about a point cloud.
extension CrewReport {
    static let delivered =
        "The point cloud has been delivered, and CDF has made a 3D revision from it. drop360 no longer needs the file."

    /// Where it is in CDF: under the id of the file that it was sent from.
    static func pointCloudFacts(_ record: ItemRecord, _ original: ItemRecord?) -> [String] {
        guard case .pointCloud(let cloud) = (original ?? record).content, record.state.digest != nil else { return [] }
        let handOver = record.handOver
        let number = handOver?.file.map { " (number \($0.rawValue))" } ?? ""
        var facts = [
            "File in CDF: \(printable(cloud.externalID))\(number)",
            "  \(cloud.size) bytes, sha256 \(cloud.fileDigest.rawValue)",
        ]
        if let model = handOver?.model { facts.append("3D model: \(model)") }
        if let revision = handOver?.revision { facts.append("3D revision: \(revision)") }
        return facts
    }

    static func lines(of failure: ItemState.Failure, for record: ItemRecord) -> [String] {
        let isRefused = record.handOver?.hasFailed == true
        return [
            isRefused
                ? "The file was sent, but CDF could not use it:"
                : "The file is good, but it could not be delivered:", "",
            "* " + printable(failure.summary, limit: 1000),
        ]
            + (failure.advice.map { ["* " + printable($0, limit: 1000)] } ?? [])
            + serviceLog(of: record)
            + ["", "Give the operator the number above."]
    }

    /// What CDF wrote about its work, with the choice of the model where that is worth knowing.
    static func serviceLog(of record: ItemRecord) -> [String] {
        guard let handOver = record.handOver else { return [] }
        var lines = [handOver.note, handOver.newerNote].compactMap(\.self).flatMap { ["", printable($0, limit: 1000)] }
        if !handOver.log.isEmpty { lines += ["", "CDF's log:", ""] + handOver.log.map { "  " + $0.words } }
        return lines
    }
}
