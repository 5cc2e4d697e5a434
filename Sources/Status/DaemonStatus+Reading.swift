package import Foundation
package import Ledger
import Station

extension DaemonStatus {
    /// The daemon's status as the ledger has it: the same for its own page and for commands in other processes.
    ///
    /// - Parameters:
    ///   - ledger: The daemon's.
    ///   - running: Whether a daemon holds it now; what it recorded about the network counts only then.
    ///   - now: The time of day: the end of the last day.
    package static func read(from ledger: ItemLedger, running: Bool, now: Date = Date()) async throws -> DaemonStatus {
        let values = try await ledger.daemonValues()
        func date(_ key: String) -> Date? {
            values[key].flatMap(Double.init).map { Date(timeIntervalSince1970: $0 / 1000) }
        }
        let inboxes = try values["inboxes"].map { try JSONDecoder().decode([Inbox].self, from: Data($0.utf8)) } ?? []
        var status = DaemonStatus(
            version: Release.version,
            running: running,
            pid: running ? values["pid"].flatMap(Int32.init) : nil,
            startedAt: running ? date("started") : nil,
            counts: try await ledger.counts(),
            online: running && values["online"] == "true",
            offlineSince: running ? date("offline-since") : nil,
            offlineReason: running ? values["offline-reason"] : nil,
            pausedSince: date("paused"),
            inboxes: inboxes,
            detection: running
                ? try values["detection"].map { try JSONDecoder().decode(Detection.self, from: Data($0.utf8)) } : nil,
            transfers: [],
            bytesSent: 0,
            recent: try await ledger.items(limit: 50).map(StationSummary.init),
            onlineSince: running && values["online"] == "true" ? date("online-since") : nil,
            model: running
                ? values["model"].map { Model(name: $0, reason: values["model-reason"] ?? "") } : nil,
            reportsElsewhere: try await ledger.reportsElsewhere()
                .map { .init(inbox: $0.inbox, folder: $0.folder, count: $0.count) },
            largeCollections: try await LargeCollection.read(from: ledger)
        )
        status.nextProbe = running ? date("next-probe") : nil
        status.pageTrouble = running ? values["page-trouble"] : nil
        status.work = try await Work.read(from: ledger, now: now)
        return status
    }
}
