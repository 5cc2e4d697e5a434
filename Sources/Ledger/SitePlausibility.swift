import Foundation
import GRDB
import Station

/// What looks doubtful about a pose compared with the site's other stations; noted, but never a reason to refuse.
enum SitePlausibility {
    /// How many of the site's latest stations are compared: a season on a large site must not slow down its next station.
    private static let window = 200
    /// With fewer others distances are not judged.
    private static let least = 3
    /// The least distance between two tripods: metres.
    private static let same = 0.001

    private struct Neighbour {
        var stationID: String
        var position: Vector3
    }

    /// Notes about `capture`, which is about to be accepted.
    ///
    /// - Parameters:
    ///   - capture: The content.
    ///   - isOfScan: Whether its pose comes from an E57 file: in metres, and from no sidecar of its own.
    static func notes(of capture: Capture, isOfScan: Bool, _ db: Database) throws -> [Problem] {
        let others = try neighbours(of: capture, db)
        let own = capture.pose.translation
        var notes: [Problem] = []
        if let twin = others.first(where: { $0.position.distance(to: own) < same }) {
            notes.append(
                Problem(
                    "pose-equal",
                    """
                    Station \(printable(twin.stationID)) is at exactly the same position.\
                    \(isOfScan ? "" : " Was its sidecar copied along?") If both are right, you need not do anything.
                    """
                )
            )
        }
        if let note = distance(of: own, from: others.map(\.position), isOfScan: isOfScan) { notes.append(note) }
        return notes
    }

    private static func neighbours(of capture: Capture, _ db: Database) throws -> [Neighbour] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT value ->> '$.stationID' AS name, value ->> '$.pose.translation.x' AS x,
                       value ->> '$.pose.translation.y' AS y, value ->> '$.pose.translation.z' AS z
                FROM (SELECT value FROM liveContent WHERE collectionID = ? AND stationID <> ? ORDER BY item DESC LIMIT ?)
                """,
            arguments: [capture.ids.collection, capture.ids.station, window]
        )
        // Revisits are not other tripod positions.
        var seen: Set<String> = []
        return rows.compactMap { row in
            guard seen.insert(row["name"]).inserted else { return nil }
            guard let x: Double = row["x"], let y: Double = row["y"], let z: Double = row["z"] else { return nil }
            return Neighbour(stationID: row["name"], position: Vector3(x: x, y: y, z: z))
        }
    }

    /// The note if a position is far away from all others, relative to the distances between these.
    static func distance(of own: Vector3, from others: [Vector3], isOfScan: Bool = false) -> Problem? {
        guard others.count >= least else { return nil }
        let centre = Vector3(x: median(others.map(\.x)), y: median(others.map(\.y)), z: median(others.map(\.z)))
        // Half of the others are within this; a single wrong one does not widen it.
        let reach = max(median(others.map { $0.distance(to: centre) }), 5)
        let away = own.distance(to: centre)
        guard away > reach * 50 else { return nil }
        let (far, near) = (String(format: "%.0f", away), String(format: "%.0f", reach))
        let shrunk = Vector3(x: own.x / 1000, y: own.y / 1000, z: own.z / 1000)
        let isMillimetres = !isOfScan && shrunk.distance(to: centre) <= reach * 10
        return Problem(
            "pose-far",
            "The station is \(far) m from the middle of its site, but half of the others are within \(near) m of it: "
                + (isMillimetres
                    ? "is it in millimetres instead of metres? If so, set `unit`."
                    : "is the position right, and the site?")
        )
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
