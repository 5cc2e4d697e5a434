package import Foundation
import GRDB
import Station

/// What `after` does with the files of one delivered item: for `explain`, the page and reports.
package struct ClearingOutlook: Equatable, Sendable {
    package enum Way: Codable, Equatable, Sendable {
        /// Below this folder, as soon as they are delivered.
        case move(to: String)
        /// Seconds after they were delivered.
        case delete(after: TimeInterval)
    }

    package enum Step: Equatable, Sendable {
        /// Nothing has been done yet.
        case waiting
        /// It was begun, and goes on where it stopped.
        case begun
        case done(at: Date)
    }

    package var step: Step
    /// Where the item's folder or file is once it is moved, absolute; nil where its files are deleted.
    package var destination: String?
    /// The earliest time at which the files are deleted; nil where they are moved, or once that was begun.
    package var dueAt: Date?
    /// Why the files stay for now, as a sentence; nil where nothing keeps them.
    package var keptBack: String?
    /// When it is tried again; nil where no time is set.
    package var nextTry: Date?
    /// Names in the folder that are not the item's, so that it stays with them.
    package var remaining = 0

    package init(
        step: Step,
        destination: String? = nil,
        dueAt: Date? = nil,
        keptBack: String? = nil,
        nextTry: Date? = nil,
        remaining: Int = 0
    ) {
        (self.step, self.destination, self.dueAt) = (step, destination, dueAt)
        (self.keptBack, self.nextTry, self.remaining) = (keptBack, nextTry, remaining)
    }

    package var isDeletion: Bool { destination == nil }
}

extension ItemLedger {
    private static let rulesKey = "clearing-rules"

    /// Publishes what becomes of delivered items, by inbox, for commands in other processes.
    package func recordClearingRules(_ rules: [String: ClearingOutlook.Way]) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql:
                    "INSERT INTO daemon (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                arguments: [Self.rulesKey, try JSON.encode(rules)]
            )
        }
    }

    /// What becomes, or has become, of the files of a delivered item, as the last daemon was configured.
    ///
    /// - Returns: Nil where they simply stay: the item is not registered, is a position of a scan, or its inbox keeps what is delivered.
    package func clearingOutlook(of record: ItemRecord, at now: Date) async throws(LedgerError) -> ClearingOutlook? {
        guard record.scan == nil, record.state.name == .registered, let digest = record.state.digest else { return nil }
        return try await read { db in
            let entry = try Row.fetchOne(
                db,
                sql: "SELECT since, notBefore FROM clearing WHERE item = ? AND digest = ?",
                arguments: [record.id.rawValue, digest.rawValue]
            )
            let clearing = try Clearing.fetch(record.id.rawValue, digest: digest.rawValue, db)
            if let outlook = clearing?.outlook(of: record, nextTry: entry?["notBefore"]) { return outlook }
            guard !record.isGone, let way = try Self.clearingRule(of: record.inbox, db) else { return nil }
            var outlook = ClearingOutlook(step: .waiting)
            switch way {
            case .move(let top): outlook.destination = top + "/" + record.path
            case .delete(let wait):
                outlook.dueAt = try Self.dueAt(record, after: wait, since: entry?["since"], now, db)
            }
            outlook.keptBack = try Self.hold(on: record, db) ?? clearing?.trouble
            if let next: Int64 = entry?["notBefore"], next > now.ledger { outlook.nextTry = Date(ledger: next) }
            return outlook
        }
    }

    private static func clearingRule(of inbox: String, _ db: Database) throws -> ClearingOutlook.Way? {
        let text = try String.fetchOne(db, sql: "SELECT value FROM daemon WHERE key = ?", arguments: [rulesKey])
        return try text.flatMap { try JSON.decode([String: ClearingOutlook.Way].self, $0)[inbox] }
    }

    /// Both the clock and the time that daemons have witnessed must have passed.
    private static func dueAt(
        _ record: ItemRecord,
        after wait: TimeInterval,
        since: Int64?,
        _ now: Date,
        _ db: Database
    ) throws -> Date {
        let byClock = (record.registeredAt ?? record.changedAt) + wait
        guard let time = try witnessedTime(db) else { return byClock }
        let left = wait - Double(time.witnessed - (since ?? time.witnessed)) / 1000
        return max(byClock, time.at + left)
    }

    private static func hold(on record: ItemRecord, _ db: Database) throws -> String? {
        guard record.lastSight != .lookAgain else { return "It is to be inspected again first." }
        let isDelivered = try Bool.fetchOne(
            db,
            sql: "SELECT \(delivered) FROM item WHERE id = ?",
            arguments: [record.id.rawValue]
        )
        guard isDelivered == true else { return "What was delivered from here no longer stands in CDF." }
        return try ClearingHold.allCases.first { hold in
            try Bool.fetchOne(
                db,
                sql: "SELECT \(hold.condition) FROM item WHERE id = ?",
                arguments: [record.id.rawValue]
            ) == true
        }?.words
    }
}

extension Clearing {
    /// Nil while it waits.
    fileprivate func outlook(of record: ItemRecord, nextTry: Int64?) -> ClearingOutlook? {
        guard let plan, state != .waiting else { return nil }
        let name = record.path.split(separator: "/").last.map(String.init) ?? record.path
        return ClearingOutlook(
            step: doneAt.map { .done(at: $0) } ?? .begun,
            destination: plan.destination.map { $0 + "/" + name },
            keptBack: state == .begun ? trouble : nil,
            nextTry: state == .begun && trouble != nil ? nextTry.map(Date.init(ledger:)) : nil,
            remaining: remaining
        )
    }
}
