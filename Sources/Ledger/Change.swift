import Foundation
import GRDB
import Station

/// The only way in which an item's row changes: state machine, row and history in one transaction.
extension ItemRow {
    /// Applies `event` to the item and writes both the row and the line of history.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - now: When.
    ///   - recorded: For the history; nil to take it from the event.
    ///   - detail: Likewise.
    mutating func take(
        _ event: ItemEvent,
        at now: Date,
        as recorded: HistoryEvent? = nil,
        detail: String? = nil,
        _ db: Database
    ) throws {
        let before = try itemState()
        let after = try before.after(event)
        let leaving = before.digest
        try setState(after)
        if case .retracted(let digest) = event { retracted = digest.rawValue }
        if leaving != after.digest { resends = 0 }
        if after.name == .registered, registeredAt == nil || before.name != .registered { registeredAt = now.ledger }
        if after != before {
            attempts = 0
            notBefore = now.ledger
            changedAt = now.ledger
            revision += 1
        }
        try updateWhatDiffers(db)
        if after != before {
            try note(recorded ?? event.historyEvent, detail: detail ?? event.historyDetail, at: now, db)
            try noteInScan(db)
        }
        if case .gaveUp(let digest, let failure) = event, before.name == .processing {
            try failFollowers(digest, failure, at: now, db)
        }
        if let leaving, leaving != after.digest || after.name == .failed {
            try Self.promoteFollowers(of: id, digest: leaving, at: now, db)
        }
    }

    /// Applies an event of a stage; one of content that has been replaced since changes nothing.
    mutating func takeUnlessOvertaken(
        _ event: ItemEvent,
        of digest: ContentDigest,
        at now: Date,
        _ db: Database
    ) throws {
        do {
            try take(event, at: now, db)
        } catch let error as IllegalTransition where self.digest != digest.rawValue {
            try note(.overtaken, detail: "\(error.event.historyEvent.rawValue) of replaced content", at: now, db)
        }
    }

    /// Refuses content because of what else has its ids, or stands at its station: it is inspected again when that is taken out of CDF.
    mutating func refuse(_ content: ItemContent, _ problem: Problem, at now: Date, _ db: Database) throws {
        try take(.refused([problem]), at: now, db)
        let ids = content.capture?.ids
        let contestedIDs =
            switch problem.code {
            case "conflict": [content.externalID]
            case "pose-drift": [ids?.station]
            default: [content.externalID, ids?.station, ids?.collection]
            }
        contested = try JSON.encode(contestedIDs.compactMap(\.self))
        try updateWhatDiffers(db)
    }

    /// Adds a line to the item's history.
    func note(_ event: HistoryEvent, detail: String?, at now: Date, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO history (item, at, event, state, detail) VALUES (?, ?, ?, ?, ?)",
            arguments: [id, now.ledger, event.rawValue, state, detail]
        )
    }

    /// The condition for items that wait for another item, the first argument, which delivers the same content.
    static let isFollower = "sameAs = ? AND digest = ? AND state = \(ItemState.Name.accepted.sql)"

    /// If CDF could not make a 3D revision from the content, it cannot from the same content of another item: those that wait for it
    /// fail, too, instead of sending it once more.
    private func failFollowers(
        _ digest: ContentDigest,
        _ failure: ItemState.Failure,
        at now: Date,
        _ db: Database
    ) throws {
        let followers = try ItemRow.fetchAll(
            db,
            sql: "SELECT * FROM item WHERE \(Self.isFollower) ORDER BY id",
            arguments: [id, digest.rawValue]
        )
        let words = "The content is the same as that of \(noun) \(id ?? 0), \(printable(path)). \(failure.summary)"
        for var follower in followers {
            try follower.take(.gaveUp(digest, .init(summary: words, advice: failure.advice)), at: now, db)
        }
    }

    /// If an item that delivered for others leaves that content, or fails, the first of the others is delivered itself.
    private static func promoteFollowers(of id: Int64?, digest: ContentDigest, at now: Date, _ db: Database) throws {
        let followers = try ItemRow.fetchAll(
            db,
            sql: "SELECT * FROM item WHERE \(isFollower) ORDER BY id",
            arguments: [id, digest.rawValue]
        )
        var heir: ItemRow?
        for var follower in followers {
            if let heir {
                follower.sameAs = heir.id
                try follower.updateWhatDiffers(db)
            } else if try follower.promote(digest, at: now, db) {
                heir = follower
            }
        }
    }

    /// Lets an item that waited for another one with the same content be delivered itself, unless its ids belong to other
    /// content by now: that was not checked while it only followed.
    ///
    /// - Returns: Whether it is delivered.
    private mutating func promote(_ digest: ContentDigest, at now: Date, _ db: Database) throws -> Bool {
        guard let content = try content(digest.rawValue, db) else { throw unreadable("no content") }
        if let problem = try Identity.objection(to: content, for: self, db) {
            try refuse(content, problem, at: now, db)
            return false
        }
        let replaces = mayReplace
        sameAs = nil
        mayReplace = false
        notBefore = now.ledger
        try updateWhatDiffers(db)
        try note(.promoted, detail: "now delivered itself", at: now, db)
        if replaces { try Identity.stopOthers(with: content, by: self, at: now, db) }
        return true
    }
}

extension ItemEvent {
    var historyDetail: String? {
        switch self {
        case .foundIncomplete(let problems), .refused(let problems):
            problems.map(\.message).joined(separator: " ")
        case .accepted(let digest), .recognised(let digest), .uploadStarted(let digest), .uploadFinished(let digest),
            .filesMissing(let digest), .registered(let digest), .retried(let digest), .poseReplaced(let digest),
            .retracted(let digest):
            "content " + digest.rawValue.prefix(12)
        case .handedOver(_, let made): "revision \(made.revision) of 3D model \(made.model)"
        case .gaveUp(_, let failure): failure.summary
        case .vanished, .reopened, .leftOut: nil
        }
    }
}
