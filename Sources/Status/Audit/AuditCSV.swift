import Foundation
import Station

/// The audit list as CSV: a line for each content, and one for each item of which nothing was ever accepted.
package enum AuditCSV {
    /// The first line.
    package static var header: String {
        var row = CSVRow()
        for name in itemColumns + contentColumns + stationColumns { row.add(name) }
        for role in roles { for name in fileColumns { row.add("\(role).\(name)") } }
        row.end()
        return row.text.replacing("\"", with: "")
    }

    /// The lines of one item.
    package static func lines(_ item: AuditItem) throws -> String {
        if item.contents.isEmpty { return try line(item, nil) }
        return try item.contents.map { try line(item, $0) }.joined()
    }

    private static let itemColumns = [
        "number", "kind", "inbox", "path", "site", "state", "words", "gone", "firstSeen", "changedAt", "registeredAt",
        "sameAs", "scan", "model", "modelRevision",
    ]
    private static let contentColumns = [
        "status", "digest", "externalID", "acceptedAt", "deliveredAt", "adoptedAt", "replacedAt", "retractedAt",
        "revision", "bytes",
    ]
    private static let stationColumns = [
        "collectionExternalID", "stationExternalID", "siteID", "siteName", "stationID", "stationName", "label", "visit",
        "takenAt", "x", "y", "z", "eulerX", "eulerY", "eulerZ", "heading", "poseGiven", "metadata",
    ]
    private static let roles = Face.allCases.map(\.rawValue) + [FileRole.pointCloud.rawValue]
    private static let fileColumns = ["externalID", "fileNumber", "bytes", "sha256"]

    private static func line(_ item: AuditItem, _ content: AuditContent?) throws -> String {
        var row = CSVRow()
        add(item, to: &row)
        add(content, to: &row)
        try add(content?.station, to: &row)
        for role in roles {
            let file = content?.files.first { $0.role == role }
            row.add(file?.externalID)
            row.add(file?.fileNumber)
            row.add(file?.bytes)
            row.add(file?.sha256)
        }
        row.end()
        return row.text
    }

    private static func add(_ item: AuditItem, to row: inout CSVRow) {
        row.add(item.number)
        row.add(item.kind.rawValue)
        row.add(item.inbox)
        row.add(item.path)
        row.add(item.site)
        row.add(item.state.rawValue)
        row.add(item.words)
        row.add(item.gone.map { $0 ? "yes" : "no" })
        row.add(item.firstSeen)
        row.add(item.changedAt)
        row.add(item.registeredAt)
        row.add(item.sameAs)
        row.add(item.scan)
        row.add(item.modelRevision?.model)
        row.add(item.modelRevision?.revision)
    }

    private static func add(_ content: AuditContent?, to row: inout CSVRow) {
        row.add(content?.status.rawValue)
        row.add(content?.digest)
        row.add(content?.externalID)
        row.add(content?.acceptedAt)
        row.add(content?.deliveredAt)
        row.add(content?.adoptedAt)
        row.add(content?.replacedAt)
        row.add(content?.retractedAt)
        row.add(content?.revision)
        row.add(content?.bytes)
    }

    private static func add(_ station: AuditedStation?, to row: inout CSVRow) throws {
        row.add(station?.collectionExternalID)
        row.add(station?.stationExternalID)
        row.add(station?.siteID)
        row.add(station?.siteName)
        row.add(station?.stationID)
        row.add(station?.stationName)
        row.add(station?.label)
        row.add(station?.visit)
        row.add(station?.takenAt)
        row.add(station?.pose.translation.x)
        row.add(station?.pose.translation.y)
        row.add(station?.pose.translation.z)
        row.add(station?.pose.eulerRotation.x)
        row.add(station?.pose.eulerRotation.y)
        row.add(station?.pose.eulerRotation.z)
        row.add(station?.heading)
        row.add(station.map { $0.ownPose == nil ? "no" : "yes" })
        row.add(try station.map { try metadata($0.metadata) })
    }

    private static func metadata(_ strings: [String: String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(strings), as: UTF8.self)
    }
}
