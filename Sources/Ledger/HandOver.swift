package import Foundation
import GRDB
package import Station

/// How far a content has become a 3D revision in CDF.
///
/// It belongs to the content, not to an item: whichever items have the content, and however often it comes and goes, CDF makes one
/// revision of it. Where a file changes from A to B and back to A, A's bytes are sent again, since B's have overwritten them in CDF;
/// then A's own revision is found and followed, and no other is made; ``newer`` says that B's is the model's latest. Only ``ItemLedger/retry(_:at:)`` of a content whose revision
/// failed begins another.
package struct HandOver: Equatable, Sendable {
    /// Counts the revisions of this content, from 1.
    package var attempt: Int
    /// CDF's number of the 3D model; nil before it has been resolved.
    package var model: Int64?
    /// What is worth knowing about the choice of the model.
    package var note: String?
    /// When the revision was last about to be created; until it is found, it may exist.
    package var intendedAt: Date?
    /// CDF's number of the revision, once it is known.
    package var revision: Int64?
    /// CDF's number of the file that it is made from.
    package var file: FileReceipt?
    /// CDF's number of a later revision, which was made from the same file when it had other content; nil if there is none.
    package var newer: Int64?
    /// CDF's own word for how far it is: `Queued`, `Processing`, `Done`, `Failed`.
    package var status: String?
    /// CDF failed to make it, or it is gone.
    package var hasFailed: Bool
    /// The last lines of CDF's log of it, oldest first.
    package var log: [ServiceLogLine]

    package init(
        attempt: Int = 1,
        model: Int64? = nil,
        note: String? = nil,
        intendedAt: Date? = nil,
        revision: Int64? = nil,
        file: FileReceipt? = nil,
        newer: Int64? = nil,
        status: String? = nil,
        hasFailed: Bool = false,
        log: [ServiceLogLine] = []
    ) {
        self.attempt = attempt
        self.model = model
        self.note = note
        self.intendedAt = intendedAt
        self.revision = revision
        self.file = file
        self.newer = newer
        self.status = status
        self.hasFailed = hasFailed
        self.log = log
    }

    /// What to know where a later revision shows other content of the file; nil if none does.
    package var newerNote: String? {
        guard let made, let newer else { return nil }
        return """
            The file had this content before. Revision \(made.revision) of 3D model \(made.model) was made from it then, and drop360 has CDF make one \
            revision of each content. Revision \(newer), made from the file's other content since, is newer: a viewer that shows the \
            latest revision shows that one. To have this content shown, choose revision \(made.revision) there, or delete revision \(newer) in CDF.
            """
    }

    /// The revision and its model; nil until it is known.
    package var made: ModelRevision? {
        guard let model, let revision else { return nil }
        return ModelRevision(model: model, revision: revision)
    }
}

/// One line that CDF wrote about its work.
package struct ServiceLogLine: Hashable, Codable, Sendable {
    package var at: Date
    /// 3 for information, 5 for a warning, 7 for an error.
    package var severity: Int
    /// Printable.
    package var text: String

    /// - Parameters:
    ///   - at: When CDF wrote it.
    ///   - severity: As CDF counts it.
    ///   - text: Whatever CDF wrote; made printable and cut here.
    package init(at: Date, severity: Int, text: String) {
        self.at = at
        self.severity = severity
        self.text = printable(text, limit: 300)
    }

    /// The line as reports and commands show it.
    package var words: String {
        let kind =
            switch severity {
            case 7...: "error"
            case 5...: "warning"
            default: "info"
            }
        return "\(at.formatted(.iso8601))  \(kind): \(text)"
    }

    /// The most lines that are kept of one revision.
    package static let kept = 20
}

extension HandOver {
    /// What is known of the content's hand-over; nil if nothing is.
    static func fetch(_ digest: String, _ db: Database) throws -> HandOver? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM handOver WHERE digest = ?", arguments: [digest])
        else { return nil }
        return HandOver(
            attempt: row["attempt"],
            model: row["model"],
            note: row["note"],
            intendedAt: (row["intendedAt"] as Int64?).map(Date.init(ledger:)),
            revision: row["revision"],
            file: (row["file"] as Int64?).map(FileReceipt.init(rawValue:)),
            newer: row["newer"],
            status: row["status"],
            hasFailed: row["hasFailed"],
            log: try JSON.decode([ServiceLogLine].self, row["log"])
        )
    }

    /// Begins the next attempt if this content's revision failed; otherwise the existing one is found again.
    static func beginAgain(_ digest: String, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE handOver SET attempt = attempt + 1, intendedAt = NULL, revision = NULL, file = NULL, newer = NULL,
                  status = NULL, hasFailed = 0, log = '[]'
                WHERE digest = ? AND hasFailed = 1
                """,
            arguments: [digest]
        )
    }
}
