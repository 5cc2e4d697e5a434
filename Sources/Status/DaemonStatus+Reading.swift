package import Foundation
package import Ledger
import Station

extension DaemonStatus {
    /// What a status is read for.
    package enum Breadth: Sendable {
        /// Whether the daemon runs, reaches CDF and sees its inboxes; nothing of the items.
        case daemon
        case everything
    }

    /// The daemon's status as the ledger has it: the same for its own page and for commands in other processes.
    ///
    /// - Parameters:
    ///   - ledger: The daemon's.
    ///   - running: Whether a daemon holds it now; what it recorded about the network counts only then.
    ///   - breadth: What it is read for.
    ///   - now: The time of day: the end of the last day.
    package static func read(
        from ledger: ItemLedger,
        running: Bool,
        _ breadth: Breadth = .everything,
        now: Date = Date()
    ) async throws -> DaemonStatus {
        let values = try await ledger.daemonValues()
        var status = try DaemonStatus(recorded: values, running: running)
        if breadth == .everything { try await status.readItems(from: ledger, values, now: now) }
        return status
    }

    /// - Parameter values: What the daemon has recorded about itself.
    private init(recorded values: [String: String], running: Bool) throws {
        func date(_ key: String) -> Date? {
            values[key].flatMap(Double.init).map { Date(timeIntervalSince1970: $0 / 1000) }
        }
        let inboxes = try values["inboxes"].map { try JSONDecoder().decode([Inbox].self, from: Data($0.utf8)) } ?? []
        self.init(
            version: Release.version,
            running: running,
            pid: running ? values["pid"].flatMap(Int32.init) : nil,
            startedAt: running ? date("started") : nil,
            counts: [:],
            online: running && values["online"] == "true",
            offlineSince: running ? date("offline-since") : nil,
            offlineReason: running ? values["offline-reason"] : nil,
            pausedSince: date("paused"),
            inboxes: inboxes,
            detection: running
                ? try values["detection"].map { try JSONDecoder().decode(Detection.self, from: Data($0.utf8)) } : nil,
            transfers: [],
            bytesSent: 0,
            recent: [],
            onlineSince: running && values["online"] == "true" ? date("online-since") : nil,
            model: running
                ? values["model"].map { Model(name: $0, reason: values["model-reason"] ?? "") } : nil
        )
        nextProbe = running ? date("next-probe") : nil
        pageTrouble = running ? values["page-trouble"] : nil
    }

    private mutating func readItems(from ledger: ItemLedger, _ values: [String: String], now: Date) async throws {
        let tally = try await ledger.tally()
        counts = Dictionary(uniqueKeysWithValues: tally.byState.map { ($0.rawValue, $1) })
        recent = try await ledger.items(limit: 50).map(StationSummary.init)
        reportsElsewhere = try await ledger.reportsElsewhere()
            .map { .init(inbox: $0.inbox, folder: $0.folder, count: $0.count) }
        largeCollections = try await LargeCollection.read(from: ledger)
        work = try await Work.read(from: ledger, oldestUnderWay: tally.oldestUnderWay, now: now)
        let unsent = try await ledger.bytesToSend()
        guard unsent.bytes > 0 else { return }
        let rate = running ? values["sending-rate"].flatMap(Double.init) : nil
        sending = Sending(bytes: unsent.bytes, isEstimate: unsent.isEstimate, bytesPerSecond: rate)
        let next = try await ledger.nextDueForUpload(at: now)
        nextSending = next.flatMap { $0 > now ? $0 : nil }
    }
}
