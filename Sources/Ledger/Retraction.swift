package import Foundation
import GRDB
package import Station

/// An image that an operator wants out of CDF, and how far that is.
package struct Retraction: Equatable, Sendable {
    /// The image's.
    package var externalID: String
    /// The item that delivered it.
    package var item: ItemNumber
    /// What was delivered: the ids of everything that goes.
    package var capture: Capture
    package var withFiles: Bool
    package var requestedAt: Date
    /// The image itself has been deleted; files or empty places may be left.
    package var isImageGone: Bool
    package var attempts: Int
    /// Why nothing more is tried; nil while it is under way.
    package var failure: ItemState.Failure?

    static func fetch(_ externalID: String, _ db: Database) throws -> Retraction? {
        try fetchAll("retraction.externalID = ?", [externalID], db).first
    }

    /// Those that fulfil a condition, the oldest first.
    static func fetchAll(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> [Retraction] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT retraction.*, content.value FROM retraction
                JOIN content ON content.item = retraction.item AND content.digest = retraction.digest
                WHERE \(condition) ORDER BY requestedAt, retraction.externalID
                """,
            arguments: arguments
        ).map { row in
            Retraction(
                externalID: row["externalID"],
                item: ItemNumber(rawValue: row["item"]),
                capture: try JSON.decode(Capture.self, row["value"]),
                withFiles: row["withFiles"],
                requestedAt: Date(ledger: row["requestedAt"]),
                isImageGone: row["imageGoneAt"] != nil,
                attempts: row["attempts"],
                failure: try (row["failure"] as String?).map { try JSON.decode(ItemState.Failure.self, $0) }
            )
        }
    }
}

/// What would go if an image were retracted, as far as the ledger knows.
package struct RetractionPlan: Equatable, Sendable {
    /// The item that delivered the image.
    package var item: ItemRecord
    package var capture: Capture
    /// Whether the image shows what the item has now, so that the item becomes withdrawn; otherwise it was left behind or replaced.
    package var isPresent: Bool
    /// Other items with the same content, which become withdrawn, too: folders or files, absolute.
    package var sharers: [String]
    /// Other images of the ledger at the same station and in the same collection.
    package var othersAtStation: Int
    package var othersInCollection: Int
    /// Whether its files are in CDF.
    package var hasFiles: Bool
    /// It has been requested before.
    package var underWay: Retraction?
    /// What became of the files of its folder, where they have left the inbox.
    package var clearing: Clearing?
    /// When it was done; nil if the image is still in CDF.
    package var doneAt: Date?

    package var externalID: String { capture.ids.image }

    /// Whether anything would be deleted.
    package func hasSomethingToDo(withFiles: Bool) -> Bool {
        doneAt == nil || underWay != nil || (withFiles && hasFiles)
    }
}
