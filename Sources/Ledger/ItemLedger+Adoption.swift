package import Foundation
import GRDB
package import Station

/// A folder whose image stands in CDF already, although this ledger has not sent it.
package struct Adoption: Sendable {
    package var location: ItemPath
    /// Of what was inspected.
    package var stamp: Stamp
    package var notes: [Problem]
    /// With the ids that drop360 would give it.
    package var capture: Capture
    /// The ids that it has in CDF.
    package var standing: ExternalIDs
    /// CDF's numbers of all six files.
    package var receipts: [Face: FileReceipt]

    package init(
        location: ItemPath,
        stamp: Stamp,
        notes: [Problem],
        capture: Capture,
        standing: ExternalIDs,
        receipts: [Face: FileReceipt]
    ) {
        self.location = location
        self.stamp = stamp
        self.notes = notes
        self.capture = capture
        self.standing = standing
        self.receipts = receipts
    }

    package enum Outcome: Equatable, Sendable {
        case adopted
        /// The ledger has it as delivered: nothing is left to do.
        case known
        /// Nothing was changed; words for an operator.
        case refused(String)
    }
}

extension ItemLedger {
    /// The capture with the ids that it has, or will have, in CDF: those of what was adopted instead of the template's.
    package func withStandingIDs(_ capture: Capture) async throws(LedgerError) -> Capture {
        try await read { db in
            guard case .station(let standing) = try StandingIDs.applied(to: .station(capture), db) else {
                return capture
            }
            return standing
        }
    }

    /// Records that a folder's image stands in CDF, so that it is not sent; or says why not.
    ///
    /// - Parameters:
    ///   - adoption: The folder and what it is in CDF.
    ///   - waiting: Whether a folder that waits to be sent may be taken; not while a daemon may begin to send it.
    ///   - isTrial: Finds out what would happen, and changes nothing.
    ///   - now: When.
    package func adopt(
        _ adoption: Adoption,
        waiting: Bool,
        isTrial: Bool = false,
        at now: Date
    ) async throws(LedgerError) -> Adoption.Outcome {
        try await write { db in
            var outcome = Adoption.Outcome.known
            if !isTrial { try SearchText.addDue(db) }
            try db.inSavepoint {
                outcome = try Self.adopt(adoption, waiting: waiting, at: now, db)
                return outcome == .adopted && !isTrial ? .commit : .rollback
            }
            return outcome
        }
    }

    private static func adopt(
        _ adoption: Adoption,
        waiting: Bool,
        at now: Date,
        _ db: Database
    ) throws -> Adoption.Outcome {
        var capture = adoption.capture
        var row: ItemRow
        if let known = try ItemRow.fetch(adoption.location, db) {
            row = known
        } else {
            row = ItemRow(adoption.location, kind: .station, sight: .stamp(adoption.stamp), at: now)
            try row.insert(db)
            try row.note(.seen, detail: nil, at: now, db)
        }
        switch row.stateName {
        case .registered where row.digest == capture.digest.rawValue:
            let known = try row.content(capture.digest.rawValue, db)?.externalID
            guard known == adoption.standing.image else {
                let image = printable(known ?? "unknown")
                return .refused("This folder is recorded for image '\(image)' already: the collection has it twice.")
            }
            return .known
        case .accepted where !waiting:
            return .refused(
                "It waits to be sent by the running daemon. Run `drop360 pause`, adopt again, then `drop360 resume`."
            )
        case .uploading, .uploaded, .processing:
            return .refused("drop360 is sending it. Run the command again when it is registered.")
        default: break
        }
        if let problem = try StandingIDs.remember(adoption.standing, for: capture.ids, db) { return .refused(problem) }
        try StandingIDs.readWaitingAgain(capture.ids, adoption.standing, except: row, at: now, db)
        capture.ids = adoption.standing
        let content = ItemContent.station(capture)
        if let other = try Identity.sameContent(as: content, for: row, db) {
            return .refused("\(printable(other.folder)) has the same content and is recorded for it.")
        }
        if let problem = try Identity.objection(to: content, for: row, db) { return .refused(problem.message) }
        try writeContent(content, for: row, at: now, db)
        for face in Face.allCases {
            try db.execute(
                sql: """
                    UPDATE file SET state = \(FileRecord.State.confirmed.sql), receipt = ?1, sentAt = ?2, confirmedAt = ?2
                    WHERE item = ?3 AND digest = ?4 AND role = ?5
                    """,
                arguments: [
                    adoption.receipts[face]?.rawValue, now.ledger, row.id, capture.digest.rawValue, face.rawValue,
                ]
            )
        }
        row.kind = ItemKind.station.rawValue
        row.site = capture.siteID
        row.set(.stamp(adoption.stamp))
        row.notes = try JSON.encode(adoption.notes)
        row.mayReplace = false
        let words = "image '\(printable(capture.ids.image))' stood in CDF already"
        try row.take(.recognised(capture.digest), at: now, as: .adopted, detail: words, db)
        try recordDelivery(of: capture.digest, by: row, at: now, db)
        try db.execute(
            sql: "UPDATE content SET adoptedAt = ? WHERE item = ? AND digest = ?",
            arguments: [now.ledger, row.id, capture.digest.rawValue]
        )
        return .adopted
    }
}
