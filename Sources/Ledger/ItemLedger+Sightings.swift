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
    /// Records what inspection found, and decides in the same transaction what the item is: new, the same content
    /// again, a revisit, a correction or a conflict (`design.md`, "Identity").
    ///
    /// - Returns: The item's new record.
    package func record(
        _ sighting: Sighting,
        poseDrift: PoseDriftRule = .init(),
        collections: CollectionRule = .init(),
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            let record = try Self.record(sighting, poseDrift: poseDrift, collections: collections, at: now, db)
            try SearchText.addDue(db)
            return record
        }
    }

    /// - Parameter scan: The scan that the station was read from; nil for what is at its path itself.
    static func record(
        _ sighting: Sighting,
        of scan: Int64? = nil,
        poseDrift: PoseDriftRule,
        collections: CollectionRule,
        at now: Date,
        _ db: Database
    ) throws -> ItemRecord {
        var row = try Self.row(for: sighting, of: scan, at: now, db)
        if row.isGone, row.stateName == .registered || row.retracted != nil {
            // Its report disappeared with the folder.
            row.revision += 1
        }
        if !Self.keepsContent(row, sighting.outcome) {
            if row.kind == ItemKind.scan.rawValue, sighting.kind != .scan {
                row.revision += try Self.withdrawUnread(of: ItemNumber(rawValue: row.id ?? 0), at: now, db)
            }
            row.kind = sighting.kind.rawValue
        }
        row.scan = scan
        row.set(.stamp(sighting.stamp))
        row.notes = try JSON.encode(sighting.notes)
        switch sighting.outcome {
        case .incomplete(let problems): try row.take(.foundIncomplete(problems), at: now, db)
        case .rejected(let problems): try row.take(.refused(problems), at: now, db)
        case .accepted(let content) where try Self.isRetracted(content, row, db):
            row.retracted = content.digest.rawValue
            try row.take(.leftOut, at: now, detail: "content that an operator took out of CDF", db)
        case .accepted(let found):
            let content = try StandingIDs.applied(to: found, db)
            let problem = try Identity.refusal(
                of: content,
                for: row,
                poseDrift: poseDrift,
                collections: collections,
                db
            )
            row.site = content.siteID ?? row.site
            if let problem {
                try row.refuse(content, problem, at: now, db)
            } else {
                let doubts =
                    try content.capture.map {
                        try SitePlausibility.notes(of: $0, isOfScan: scan != nil, db)
                            + [CollectionSize.note(of: $0, for: row, collections, db)].compactMap(\.self)
                    } ?? []
                row.notes = try JSON.encode(sighting.notes + doubts)
                try Self.accept(try Self.withPoseGiven(content, to: row, db), for: &row, at: now, db)
            }
        }
        return try row.record(db)
    }

    /// Records that something looks like a station but cannot be accepted as one: a station that is refused.
    ///
    /// If a delivered station's folder was there before, that station keeps its state.
    ///
    /// - Returns: The station's new record.
    package func recordHindrance(
        at location: ItemPath,
        stamp: Stamp,
        problem: Problem,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            let sighting = Sighting(at: location, stamp: stamp, outcome: .rejected([problem]))
            var row = try Self.row(for: sighting, at: now, db)
            if let state = row.stateName, ItemState.Name.allSent.contains(state) { return try row.record(db) }
            row.set(.stamp(stamp))
            try row.take(.refused([problem]), at: now, db)
            return try row.record(db)
        }
    }

    /// Whether the state still refers to what was sent before, whatever is at the path now.
    private static func keepsContent(_ row: ItemRow, _ outcome: Sighting.Outcome) -> Bool {
        guard case .incomplete = outcome, let state = row.stateName else { return false }
        return ItemState.Name.allSent.contains(state)
    }

    private static func row(
        for sighting: Sighting,
        of scan: Int64? = nil,
        at now: Date,
        _ db: Database
    ) throws -> ItemRow {
        if let row = try ItemRow.fetch(sighting.location, db) { return row }
        var row = ItemRow(sighting.location, kind: sighting.kind, sight: .stamp(sighting.stamp), at: now)
        row.scan = scan
        try row.insert(db)
        try row.note(.seen, detail: nil, at: now, db)
        return row
    }

    private static func accept(_ content: ItemContent, for row: inout ItemRow, at now: Date, _ db: Database) throws {
        let original = try Identity.sameContent(as: content, for: row, db)
        if let original, original.item != row.id, row.kind == ItemKind.scan.rawValue {
            // Another scan's positions are delivered in place of this one's.
            row.revision += try Self.withdrawUnread(of: ItemNumber(rawValue: row.id ?? 0), at: now, db)
        }
        // Its image is being written again, with another pose.
        let isRewritten =
            original?.item == row.id && row.digest == content.digest.rawValue
            && row.stateName.map(ItemState.Name.claiming.contains) == true
        if let original, original.delivered, !isRewritten {
            let own = original.item == row.id
            // Delivered content keeps its ids in CDF.
            if own {
                try Self.readUndeliveredAgain(of: row, db)
            } else {
                try writeContent(content, for: row, at: now, db)
            }
            row.sameAs = own ? nil : original.item
            row.mayReplace = false
            try row.take(
                .recognised(content.digest),
                at: now,
                detail: own
                    ? "as delivered before"
                    : "same content as \(content.kind.noun) \(original.item), \(original.folder)",
                db
            )
            return
        }
        let isRepetition = row.digest == content.digest.rawValue
        // Files that are on their way keep the ids under which they were begun.
        let isBegun = isRepetition && [.uploading, .uploaded, .processing].contains(row.stateName)
        if isBegun {
            try noteFiles(of: content, for: row, db)
        } else {
            try writeContent(content, for: row, at: now, db)
        }
        if isRepetition, row.stateName == .registered {
            // It was delivered once, but other content has been sent to its ids since.
            try Self.readAllAgain(of: row, db)
            let words = "What was delivered from here has been overwritten since; drop360 delivers it again."
            try row.take(.refused([Problem("overwritten", words)]), at: now, db)
        }
        row.corrects = try Self.corrects(content, for: row, db)
        try row.take(.accepted(content.digest), at: now, db)
        let replaces = row.mayReplace && original == nil
        if replaces { row.mayReplace = false }
        if !isBegun { row.sameAs = isRewritten ? nil : original?.item }
        try row.updateWhatDiffers(db)
        if replaces { try Identity.stopOthers(with: content, by: row, at: now, db) }
    }

    private static func corrects(_ content: ItemContent, for row: ItemRow, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM content WHERE externalID = ? AND deliveredAt IS NOT NULL AND retractedAt IS NULL
                               AND NOT (item = ? AND digest = ?))
                """,
            arguments: [content.externalID, row.id, content.digest.rawValue]
        ) ?? false
    }

    /// The same content may be under other file names by now: the remaining files are sent from those.
    ///
    /// Ids do not change.
    private static func noteFiles(of content: ItemContent, for row: ItemRow, _ db: Database) throws {
        // A point cloud's only file is the item itself.
        guard case .station(let capture) = content,
            case .station(var stored) = try row.content(content.digest.rawValue, db), stored.faces != capture.faces
        else { return }
        stored.faces = capture.faces
        try db.execute(
            sql: "UPDATE content SET value = ? WHERE item = ? AND digest = ?",
            arguments: [try ItemContent.station(stored).encoded(), row.id, content.digest.rawValue]
        )
    }

    /// Writes the content and its files; files that are already in CDF under the same id keep their receipt.
    static func writeContent(_ content: ItemContent, for row: ItemRow, at now: Date, _ db: Database) throws {
        let place = content.capture?.pose.translation
        try db.execute(
            sql: """
                INSERT INTO content (item, digest, kind, externalID, collectionID, stationID, x, y, z, heading, time, value, acceptedAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (item, digest) DO UPDATE SET kind = excluded.kind, externalID = excluded.externalID,
                  collectionID = excluded.collectionID, stationID = excluded.stationID, x = excluded.x, y = excluded.y,
                  z = excluded.z, heading = excluded.heading, time = excluded.time, value = excluded.value, acceptedAt = excluded.acceptedAt, deliveredAt = NULL, adoptedAt = NULL, supersededAt = NULL,
                  retractedAt = NULL
                WHERE deliveredAt IS NULL OR supersededAt IS NOT NULL OR retractedAt IS NOT NULL
                """,
            arguments: [
                row.id, content.digest.rawValue, content.kind.rawValue, content.externalID,
                content.capture?.ids.collection, content.capture?.ids.station, place?.x, place?.y, place?.z,
                content.capture?.pose.heading, content.capture?.time?.milliseconds, try content.encoded(), now.ledger,
            ]
        )
        for file in content.files {
            try db.execute(
                sql: """
                    INSERT INTO file (item, digest, role, externalID, size, sha256, state)
                    VALUES (?, ?, ?, ?, ?, ?, \(FileRecord.State.pending.sql))
                    ON CONFLICT (item, digest, role) DO UPDATE SET externalID = excluded.externalID,
                      state = excluded.state, receipt = NULL, sentAt = NULL, confirmedAt = NULL
                    WHERE externalID <> excluded.externalID
                    """,
                arguments: [
                    row.id, content.digest.rawValue, file.role.rawValue, file.externalID, file.size,
                    file.digest.rawValue,
                ]
            )
        }
    }

    /// Records that a folder or file is gone.
    ///
    /// Items whose bytes are all in CDF keep their state.
    ///
    /// - Parameters:
    ///   - location: Where it was.
    ///   - leavesFilesAlone: Whether its inbox takes no E57 files now: a file may still be there, and is no longer looked at.
    ///   - now: When.
    /// - Returns: The item's new record; nil if the ledger never knew it.
    package func recordVanished(
        _ location: ItemPath,
        leavesFilesAlone: Bool = false,
        at now: Date
    ) async throws(LedgerError) -> ItemRecord? {
        try await write { db in
            guard var row = try ItemRow.fetch(location, db) else { return nil }
            let cause = leavesFilesAlone && row.kind != ItemKind.station.rawValue ? HistoryEntry.leftAlone : nil
            if row.kind == ItemKind.scan.rawValue {
                return try Self.recordVanished(scan: row.id ?? 0, because: cause, at: now, db)
            }
            // A report without its folder is of no use.
            if !row.isGone, row.report != nil { row.revision += 1 }
            row.set(.gone)
            try row.take(.vanished, at: now, detail: cause, db)
            return try row.record(db)
        }
    }
}
