import CDF
import Foundation
import Ledger
import Logging
import Station
import Timing

/// Asks CDF whether it holds the files of items that have been sent, whatever their kind.
struct FileConfirmation: Sendable {
    private let context: DeliveryContext

    /// Files that CDF has not reported as `uploaded`, or not known, for this long are sent again.
    ///
    /// It doubles each time, and the number of times is limited.
    private static let patience: TimeInterval = 15 * 60
    /// The most bytes per second that CDF may take for putting a large file together before it is sent again.
    private static let slowestStore: TimeInterval = 1_000_000
    private static let mostResends = 5

    init(_ context: DeliveryContext) { self.context = context }

    /// Asks in one request, and records what follows from the answer; returns the items of which CDF holds all files.
    ///
    /// A refused request is split into halves.
    ///
    /// - Parameters:
    ///   - items: All of their files were sent.
    ///   - reference: How CDF finds the file with an external id of ours.
    func confirmed(
        _ items: [ItemRecord],
        by reference: @Sendable (String) -> FileReference
    ) async throws(LedgerError) -> [ItemRecord] {
        var files: [ItemNumber: [FileRecord]] = [:]
        for item in items { files[item.id] = try await context.ledger.files(of: item.id) }
        let asked = items.filter { files[$0.id]?.contains { $0.state != .confirmed } ?? true }
        // Those known to be complete need no answer, whatever becomes of the others.
        var ready = items.filter { item in !asked.contains { $0.id == item.id } }
        guard !asked.isEmpty else { return ready }
        let statuses: [FileReference: FileStatus]
        do throws(CDFError) {
            let references = asked.flatMap { files[$0.id]?.map { reference($0.externalID) } ?? [] }
            statuses = try await context.client.fileStatuses(references)
        } catch {
            if error.remedy == .giveUp, asked.count > 1 {
                let half = asked.count / 2
                return try await ready + confirmed(Array(asked[..<half]), by: reference)
                    + confirmed(Array(asked[half...]), by: reference)
            }
            for item in asked { try await context.settle(error, for: item) }
            return ready
        }
        context.board.step()
        let now = context.timeSource.now()
        var complete: [ItemNumber: ContentDigest] = [:]
        for item in asked {
            guard let digest = item.state.digest else { continue }
            let own = (files[item.id] ?? []).map { (file: $0, status: statuses[reference($0.externalID)]) }
            if try await isComplete(item, digest, own, at: now) {
                complete[item.id] = digest
                ready.append(item)
            }
        }
        if !complete.isEmpty { try await context.ledger.recordConfirmed(complete, at: now) }
        return ready
    }

    /// Whether CDF holds all files of one item; if it does not, records what is done about it.
    private func isComplete(
        _ item: ItemRecord,
        _ digest: ContentDigest,
        _ files: [(file: FileRecord, status: FileStatus?)],
        at now: Date
    ) async throws(LedgerError) -> Bool {
        // Another file under the same id: not what we sent. One that CDF does not know may only be late, as `uploaded` may be; to
        // send it again immediately might never end.
        var missing = Set(files.filter { Self.isAnother($0.status, than: $0.file) }.map { $0.file.role })
        let waiting = files.filter { $0.status?.uploaded != true }.map { $0.file.role }
        let waited = now.timeIntervalSince(item.changedAt)
        let bytes = files.reduce(0) { $0 + $1.file.size }
        let patience = Self.patience + Double(bytes) / Self.slowestStore
        if waited > patience * Double(1 << min(item.resends, 10)) { missing.formUnion(waiting) }
        if !missing.isEmpty, item.resends >= Self.mostResends {
            let failure = ItemState.Failure(
                summary: "CDF accepted all files \(item.resends + 1) times but never confirmed them.",
                advice: "Ask CDF's support about the project's file service, then run `drop360 retry`."
            )
            try await context.giveUp(failure, digest, item)
        } else if !missing.isEmpty {
            context.logger.notice(
                "CDF is missing files; sending them again",
                metadata: [
                    "station.path": "\(item.path)", "station.number": "\(item.id)",
                    "files": "\(missing.map(\.rawValue).sorted())",
                ]
            )
            context.changed(
                try await context.ledger.recordMissing(missing, of: item.id, digest: digest, at: now)
            )
        } else if !waiting.isEmpty {
            // Half a second at first, then less and less often, as in CDF's own clients.
            let pause = min(max(waited / 2, 0.5), 30)
            _ = try await context.ledger.postpone(
                item.id,
                digest: digest,
                until: now.addingTimeInterval(pause),
                counts: false,
                reason: "not uploaded yet",
                at: now
            )
        } else {
            return true
        }
        return false
    }

    private static func isAnother(_ status: FileStatus?, than file: FileRecord) -> Bool {
        status.map { $0.id != file.receipt?.rawValue } ?? false
    }
}
