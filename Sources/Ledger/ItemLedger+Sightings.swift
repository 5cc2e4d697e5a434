package import Foundation
import GRDB
package import Station

/// What to do with a pose that differs from the first one of its station (`pose-drift`).
package struct PoseDriftRule: Sendable, Equatable {
    package var accept: Bool
    /// Metres.
    package var metres: Double
    package var degrees: Double

    package init(accept: Bool = false, metres: Double = 0.05, degrees: Double = 1) {
        self.accept = accept
        self.metres = metres
        self.degrees = degrees
    }
}

extension ItemLedger {
    /// Records what inspection found in a folder, and decides in the same transaction what it is: new, the same content
    /// again, a revisit, a correction or a conflict (`design.md`, "Identity").
    ///
    /// - Returns: The station as it now stands.
    package func record(
        _ sighting: Sighting,
        poseDrift: PoseDriftRule = .init(),
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.row(for: sighting, at: now, db)
            if row.stamp == Self.gone, row.state == "registered" {
                // Its report went with the folder.
                row.revision += 1
            }
            row.stamp = sighting.stamp
            row.notes = try JSON.encode(sighting.notes)
            switch sighting.outcome {
            case .incomplete(let problems): try row.take(.foundIncomplete(problems), at: now, db)
            case .rejected(let problems): try row.take(.refused(problems), at: now, db)
            case .accepted(let capture):
                if let problem = try Identity.refusal(of: capture, for: row, poseDrift: poseDrift, db) {
                    try row.take(.refused([problem]), at: now, db)
                } else {
                    row.notes = try JSON.encode(sighting.notes + SitePlausibility.notes(of: capture, db))
                    try Self.accept(capture, for: &row, at: now, db)
                }
            }
            return try row.record(db)
        }
    }

    /// Records that something looks like a station's and cannot be taken as one: a station that is refused.
    ///
    /// Where a delivered station's folder stood before, that one stays what it is.
    ///
    /// - Returns: The station as it now stands.
    package func recordHindrance(
        inbox: String,
        path: String,
        stamp: String,
        problem: Problem,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            let sighting = Sighting(inbox: inbox, path: path, stamp: stamp, outcome: .rejected([problem]))
            var row = try Self.row(for: sighting, at: now, db)
            guard !["uploaded", "registered"].contains(row.state) else { return try row.record(db) }
            row.stamp = stamp
            try row.take(.refused([problem]), at: now, db)
            return try row.record(db)
        }
    }

    private static func row(for sighting: Sighting, at now: Date, _ db: Database) throws -> ItemRow {
        if let row = try ItemRow.fetchOne(
            db,
            sql: "SELECT * FROM station WHERE inbox = ? AND path = ?",
            arguments: [sighting.inbox, sighting.path]
        ) {
            return row
        }
        var row = ItemRow(
            id: nil,
            inbox: sighting.inbox,
            path: sighting.path,
            stamp: sighting.stamp,
            state: "incomplete",
            digest: nil,
            problems: "[]",
            notes: "[]",
            failure: nil,
            sameAs: nil,
            mayReplace: false,
            attempts: 0,
            resends: 0,
            notBefore: now.ledger,
            firstSeen: now.ledger,
            changedAt: now.ledger,
            registeredAt: nil,
            revision: 1,
            reportedRevision: 0,
            report: nil,
            corrects: false
        )
        try row.insert(db)
        try row.note("seen", detail: nil, at: now, db)
        return row
    }

    private static func accept(_ capture: Capture, for row: inout ItemRow, at now: Date, _ db: Database) throws {
        let original = try Identity.sameContent(as: capture, for: row, db)
        if let original, original.delivered {
            let own = original.station == row.id
            // What was delivered keeps the ids under which it stands in CDF.
            if !own { try writeCapture(capture, for: row, at: now, db) }
            row.sameAs = own ? nil : original.station
            row.mayReplace = false
            try row.take(
                .recognised(capture.digest),
                at: now,
                detail: own ? "as delivered before" : "same content as station \(original.station), \(original.folder)",
                db
            )
            return
        }
        let isRepetition = row.digest == capture.digest.rawValue
        // Files that are on their way keep the ids under which they were begun.
        let isBegun = isRepetition && ["uploading", "uploaded"].contains(row.state)
        if isBegun {
            try noteFiles(of: capture, for: row, db)
        } else {
            try writeCapture(capture, for: row, at: now, db)
        }
        if isRepetition, row.state == "registered" {
            // It was delivered once, and other content has been sent to its ids since.
            let words = "What was delivered of this folder has been overwritten since; it is delivered again."
            try row.take(.refused([Problem("overwritten", words)]), at: now, db)
        }
        row.corrects = try Self.corrects(capture, for: row, db)
        try row.take(.accepted(capture.digest), at: now, db)
        let replaces = row.mayReplace && original == nil
        if replaces { row.mayReplace = false }
        if !isBegun { row.sameAs = original?.station }
        try row.updateWhatDiffers(db)
        if replaces { try Identity.stopOthers(with: capture, by: row, at: now, db) }
    }

    private static func corrects(_ capture: Capture, for row: ItemRow, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM capture WHERE imageID = ? AND deliveredAt IS NOT NULL
                               AND NOT (station = ? AND digest = ?))
                """,
            arguments: [capture.ids.image, row.id, capture.digest.rawValue]
        ) ?? false
    }

    /// The same content may lie under other file names by now: those are where the rest is sent from.
    ///
    /// Ids stay.
    private static func noteFiles(of capture: Capture, for row: ItemRow, _ db: Database) throws {
        guard
            let content = try String.fetchOne(
                db,
                sql: "SELECT content FROM capture WHERE station = ? AND digest = ?",
                arguments: [row.id, capture.digest.rawValue]
            )
        else { return }
        var stored = try JSON.decode(Capture.self, content)
        guard stored.faces != capture.faces else { return }
        stored.faces = capture.faces
        try db.execute(
            sql: "UPDATE capture SET content = ? WHERE station = ? AND digest = ?",
            arguments: [try JSON.encode(stored), row.id, capture.digest.rawValue]
        )
    }

    /// Writes the content and its six faces; faces that stand in CDF already under the same id keep their receipt.
    private static func writeCapture(_ capture: Capture, for row: ItemRow, at now: Date, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO capture (station, digest, collectionID, stationID, imageID, content, acceptedAt)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (station, digest) DO UPDATE SET collectionID = excluded.collectionID,
                  stationID = excluded.stationID, imageID = excluded.imageID, content = excluded.content,
                  acceptedAt = excluded.acceptedAt, deliveredAt = NULL, supersededAt = NULL
                WHERE deliveredAt IS NULL OR supersededAt IS NOT NULL
                """,
            arguments: [
                row.id, capture.digest.rawValue, capture.ids.collection, capture.ids.station, capture.ids.image,
                try JSON.encode(capture), now.ledger,
            ]
        )
        for (face, image) in capture.orderedFaces {
            try db.execute(
                sql: """
                    INSERT INTO face (station, digest, face, fileID, size, sha256, state)
                    VALUES (?, ?, ?, ?, ?, ?, 'pending')
                    ON CONFLICT (station, digest, face) DO UPDATE SET fileID = excluded.fileID, state = 'pending',
                      receipt = NULL, sentAt = NULL, confirmedAt = NULL
                    WHERE fileID <> excluded.fileID
                    """,
                arguments: [
                    row.id, capture.digest.rawValue, face.rawValue, capture.ids.file(face), image.size,
                    image.digest.rawValue,
                ]
            )
        }
    }

    /// Records that a folder is gone.
    ///
    /// Stations whose bytes are all with CDF stay what they are.
    ///
    /// - Returns: The station as it now stands; nil where the ledger never knew it.
    package func recordVanished(inbox: String, path: String, at now: Date) async throws(LedgerError) -> ItemRecord? {
        try await write { db in
            guard
                var row = try ItemRow.fetchOne(
                    db,
                    sql: "SELECT * FROM station WHERE inbox = ? AND path = ?",
                    arguments: [inbox, path]
                )
            else { return nil }
            // A report without its folder tells nobody anything.
            if row.stamp != Self.gone, row.report != nil { row.revision += 1 }
            row.stamp = Self.gone
            try row.take(.vanished, at: now, db)
            return try row.record(db)
        }
    }

    /// The stamp of a folder that is gone.
    static let gone = "gone"
}
