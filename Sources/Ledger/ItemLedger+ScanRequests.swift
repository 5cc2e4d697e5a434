package import Foundation
import GRDB
import Station

// What operators and later stages ask for a scan or one of its positions. A position is never inspected where it stands: it is read from the
// file of its scan again.
extension ItemLedger {
    /// The faces of a position are lost: it is read again, or withdrawn where its file is gone.
    ///
    /// - Returns: The position's new record.
    package func readAgain(_ id: ItemNumber, at now: Date) async throws(LedgerError) -> ItemRecord {
        try await write { db in
            var row = try Self.fetch(id, db)
            guard row.scan != nil, try row.itemState().digest != nil else { return try row.record(db) }
            if try !Self.scanRow(of: row, db).isReadForPositions {
                row.set(.gone)
                try row.take(.vanished, at: now, detail: "its faces are lost, and the file is gone or has changed", db)
            } else {
                row.set(.lookAgain)
                try row.updateWhatDiffers(db)
            }
            return try row.record(db)
        }
    }

    /// Has everything that was read from a scan before read again.
    static func readAllAgain(of scan: ItemRow, _ db: Database) throws {
        guard scan.kind == ItemKind.scan.rawValue else { return }
        try db.execute(
            sql: "UPDATE item SET lastSight = ?, stamp = NULL WHERE scan = ? AND lastSight <> ?",
            arguments: [LastSight.Name.lookAgain.rawValue, scan.id, LastSight.Name.gone.rawValue]
        )
    }

    /// Retries one position.
    static func retryPosition(_ row: ItemRow, _ request: OperatorRequest, _ db: Database) throws -> ItemRecord {
        let scan = try scanRow(of: row, db)
        let file = printable(scan.path)
        var row = row
        switch try row.itemState() {
        case .withdrawn where row.retracted == nil || row.isGone:
            throw LedgerError.notApplicable(
                "Position \(row.id ?? 0) (\(printable(row.path))) is withdrawn because \(file) is gone, or no longer has it. Copy the file into the inbox again."
            )
        case .registered:
            throw LedgerError.notApplicable("Position \(row.id ?? 0) is registered; there is nothing to retry.")
        case .failed, .incomplete, .rejected, .withdrawn:
            guard !scan.isGone else {
                throw LedgerError.notApplicable(
                    "\(file) is gone, so position \(row.id ?? 0) cannot be read again. Copy the file into the inbox again."
                )
            }
            guard scan.isReadForPositions else {
                throw LedgerError.notApplicable(
                    """
                    \(file) has changed since: its positions are no longer delivered from it, so position \(row.id ?? 0) cannot be \
                    read again.
                    """
                )
            }
            try readAgain(&row, mayReplace: false, request, db)
            try reopen(scan: row, request, db)
        case .accepted, .uploading, .uploaded, .processing:
            row.attempts = 0
            row.notBefore = request.now.ledger
            try row.updateWhatDiffers(db)
            try row.note(.retried, detail: request.words("due now"), at: request.now, db)
        }
        return try row.record(db)
    }

    /// Retries a scan: every position of it that needs help, and the file itself.
    static func retryScan(_ row: ItemRow, _ request: OperatorRequest, _ db: Database) throws -> ItemRecord {
        let number = ItemNumber(rawValue: row.id ?? 0)
        guard !row.isGone else {
            throw LedgerError.notApplicable("\(printable(row.path)) is gone. Copy the file into the inbox again.")
        }
        var retried = 0
        for var position in try positionRows(of: number, db) where try row.isReadForPositions && position.needsHelp() {
            try readAgain(&position, mayReplace: false, request, db)
            retried += 1
        }
        var scan = try fetch(number, db)
        switch try scan.itemState() {
        case .registered where retried == 0:
            throw LedgerError.notApplicable("\(printable(row.path)) is registered; there is nothing to retry.")
        case .registered, .accepted, .uploading, .uploaded, .processing:
            scan.attempts = 0
            scan.notBefore = request.now.ledger
            try scan.updateWhatDiffers(db)
            let what = retried > 0 ? "\(retried) positions" : "due now"
            try scan.note(.retried, detail: request.words(what), at: request.now, db)
        case .failed, .incomplete, .rejected, .withdrawn: try reopen(&scan, request, db)
        }
        return try scan.record(db)
    }

    /// Lets one position, or all positions of a scan that are in conflict, replace what has their ids.
    static func allowReplacing(_ row: ItemRow, _ request: OperatorRequest, _ db: Database) throws -> ItemRecord {
        let number = ItemNumber(rawValue: row.id ?? 0)
        let positions = row.scan != nil ? [row] : try positionRows(of: number, db)
        let conflicting = try positions.filter { try $0.isInConflict() }
        guard let first = conflicting.first else {
            throw LedgerError.notApplicable(
                "\(printable(row.path)) (number \(number)) is \(row.state) and has no conflict; there is nothing to replace."
            )
        }
        guard try scanRow(of: first, db).isReadForPositions else {
            throw LedgerError.notApplicable(
                "The file is gone or has changed, so \(printable(row.path)) cannot be read again. Copy the file into the inbox again."
            )
        }
        for var position in conflicting { try readAgain(&position, mayReplace: true, request, db) }
        try reopen(scan: first, request, db)
        return try fetch(number, db).record(db)
    }

    // MARK: Steps

    /// Has a position that needs help read again.
    private static func readAgain(
        _ row: inout ItemRow,
        mayReplace: Bool,
        _ request: OperatorRequest,
        _ db: Database
    ) throws {
        if mayReplace { row.mayReplace = true }
        let detail = mayReplace ? "\(request.name) confirmed the replacement" : request.words(nil)
        if case .failed(let digest, _) = try row.itemState() {
            try row.take(.retried(digest), for: request, db)
        } else {
            try allowAgain(&row, db)
            try row.take(.reopened, at: request.now, detail: detail, db)
        }
        row.set(.lookAgain)
        try row.updateWhatDiffers(db)
    }

    /// Has the scan of a position read, even where it was refused.
    private static func reopen(scan position: ItemRow, _ request: OperatorRequest, _ db: Database) throws {
        var scan = try scanRow(of: position, db)
        try reopen(&scan, request, db)
    }

    static func reopen(_ scan: inout ItemRow, _ request: OperatorRequest, _ db: Database) throws {
        switch try scan.itemState() {
        case .failed(let digest, _): try scan.take(.retried(digest), for: request, db)
        case .rejected, .incomplete, .withdrawn:
            try scan.take(.reopened, for: request, db)
            scan.set(.lookAgain)
        case .accepted, .uploading, .uploaded, .processing, .registered: scan.notBefore = request.now.ledger
        }
        try scan.updateWhatDiffers(db)
    }

    static func scanRow(of position: ItemRow, _ db: Database) throws -> ItemRow {
        guard let scan = position.scan else { throw position.unreadable("not a position of a scan") }
        return try fetch(ItemNumber(rawValue: scan), db)
    }
}

extension ItemRow {
    /// Whether the positions of this scan can be read from its file: it is there, it is still a scan, and no other one is delivered in its
    /// place.
    var isReadForPositions: Bool { !isGone && kind == ItemKind.scan.rawValue && sameAs == nil }

    fileprivate func needsHelp() throws -> Bool { ItemState.Name.needingHelp.contains(try itemState().name) && !isGone }

    /// Whether it was refused because something else has its ids.
    func isInConflict() throws -> Bool {
        guard case .rejected(let problems) = try itemState() else { return false }
        return problems.contains { $0.code == "conflict" }
    }
}
