import ArgumentParser
import DropFolder
import Foundation
import Station

/// Creates the folders of a whole season of delivered stations, and prints the rows that a ledger would have for them.
///
/// The faces are a few bytes each: the files of a finished station are not opened again, which is what the benchmark relies on.
@main
struct DrawSeason: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw-season",
        abstract: "Create folders of finished stations, and print their ledger rows as SQL.",
        discussion: "draw-season /tmp/inbox --stations 100000 | sqlite3 state/ledger.sqlite"
    )

    @Argument(help: "The inbox, absolute.")
    var inbox: String

    @Option(help: "How many stations.")
    var stations = 100_000

    @Option(help: "How many sites to spread them over.")
    var sites = 20

    @Flag(help: "Only the rows, without folders; some stations are refused, for lists and exports.")
    var rowsOnly = false

    func run() throws {
        print("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN;")
        for number in 1...stations {
            let site = "site-\(number % sites)"
            let path = "\(site)/station-\(String(format: "%06d", number))"
            var stamp = "stamp"
            if !rowsOnly {
                try makeFolder(path)
                stamp = try FolderSnapshot.take(inbox: inbox, path: path, ignoring: IgnoreRules()).stamp.rawValue
            }
            try printRows(number, path, stamp, capture(number, site))
        }
        if rowsOnly {
            print(
                """
                UPDATE item SET state = 'rejected', digest = NULL, registeredAt = NULL,
                  problems = '[{"code":"image-truncated","message":"top.jpg ends in the middle of the picture: copy it again."}]'
                WHERE id % 50 = 0;
                """
            )
        }
        print(
            """
            INSERT INTO searchText (rowid, text) SELECT id, lower(path || char(10) || externalID) FROM item JOIN content ON item = id;
            DELETE FROM searchDue;
            INSERT INTO siteExtent (site, minX, maxX, minY, maxY) SELECT site, min(x), max(x), min(y), max(y)
              FROM item JOIN content ON item = id AND content.digest = item.digest GROUP BY site;
            COMMIT;
            """
        )
    }

    private func makeFolder(_ path: String) throws {
        let folder = inbox + "/" + path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for face in Face.allCases {
            try Data(face.rawValue.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(face.rawValue).jpg"))
        }
        try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/pose.json"))
    }

    private func capture(_ number: Int, _ site: String) -> Capture {
        let station = "station-\(number)"
        let time = CaptureTime(milliseconds: 1_777_629_600_000 + Int64(number) * 60_000)
        var faces: [Face: FaceImage] = [:]
        for face in Face.allCases {
            let sha = FileDigest(rawValue: ContentDigest(over: [station, face.rawValue]).rawValue)
            faces[face] = FaceImage(fileName: "\(face.rawValue).jpg", size: 5, digest: sha, format: .jpeg, edge: 2048)
        }
        let digest = ContentDigest(over: [station])
        return Capture(
            siteID: site,
            siteName: site,
            stationID: station,
            stationName: station,
            label: station,
            collectionLabel: site,
            pose: Pose(
                translation: Vector3(x: Double(number), y: 2, z: 1.7),
                eulerRotation: EulerAngles(x: 0, y: 0, z: 1)
            ),
            scale: Vector3(x: 1, y: 1, z: 1),
            time: time,
            faces: faces,
            metadata: [:],
            digest: digest,
            ids: ExternalIDs(prefix: "", siteID: site, stationID: station, time: time, digest: digest)
        )
    }

    private func printRows(_ number: Int, _ path: String, _ stamp: String, _ capture: Capture) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content = String(decoding: try encoder.encode(capture), as: UTF8.self)
        let at = 1_777_700_000_000 + number
        print(
            """
            INSERT INTO item (id, kind, inbox, path, site, lastSight, stamp, state, digest, notBefore, firstSeen, changedAt, \
            registeredAt, revision, reportedRevision) VALUES (\(number), 'station', \(quoted(inbox)), \(quoted(path)), \
            \(quoted(capture.siteID)), 'stamped', '\(stamp)', 'registered', \
            '\(capture.digest.rawValue)', \(at), \(at), \(at), \(at), 5, 5);
            INSERT INTO content (item, digest, kind, externalID, collectionID, stationID, x, y, z, heading, time, value, acceptedAt, deliveredAt) \
            VALUES (\(number), '\(capture.digest.rawValue)', 'station', \(quoted(capture.ids.image)), \
            \(quoted(capture.ids.collection)), \(quoted(capture.ids.station)), \(capture.pose.translation.x), 2, 1.7, \
            \(capture.pose.heading ?? 0), \(capture.time?.milliseconds ?? 0), \(quoted(content)), \(at), \(at));
            """
        )
        for (face, image) in capture.orderedFaces {
            print(
                """
                INSERT INTO file VALUES (\(number), '\(capture.digest.rawValue)', '\(face.rawValue)', \
                \(quoted(capture.ids.file(face))), \(image.size), '\(image.digest.rawValue)', 'confirmed', \
                \(number * 6), \(at), \(at));
                """
            )
        }
        for (event, state) in [
            ("seen", "incomplete"), ("accepted", "accepted"), ("upload-started", "uploading"), ("uploaded", "uploaded"),
            ("registered", "registered"),
        ] {
            print(
                "INSERT INTO history (item, at, event, state, detail) VALUES (\(number), \(at), '\(event)', '\(state)', NULL);"
            )
        }
    }

    private func quoted(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: "''") + "'" }
}
