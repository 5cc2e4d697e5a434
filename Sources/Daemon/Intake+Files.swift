import DropFolder
import Foundation
import Inbox
import Inspection
import Ledger
import Station
import Synchronization

/// Single files: checked in their own lane and recorded.
extension Intake {
    /// The check of a file by the rules of its inbox.
    static func fileCheck(by rules: [String: Rules]) -> FileLane.Check {
        { snapshot, stop, progress in
            guard let own = rules[snapshot.item.inbox]?.files else { return nil }
            return FileInspection(snapshot, rules: own).report(stop: stop, progress: progress)
        }
    }

    /// Records the result of checking a file, after the earlier events of the same item.
    func take(_ report: FileReport?, of job: FileLane.Job) async throws {
        try await inTurn(job.ticket) {
            // Stopped: the file is gone, or another check of it is queued.
            guard let report else { return }
            try await self.record(report, of: job.snapshot)
        }
    }

    private func record(_ report: FileReport, of snapshot: FileSnapshot) async throws {
        let outcome: Sighting.Outcome
        switch report.verdict {
        case .changed: return watcher.recheck(snapshot.item)
        case .leftAlone: return try await leaveAlone(snapshot)
        case .accepted(let content):
            rechecks.withLock { $0.forget(snapshot.item) }
            outcome = .accepted(content)
        case .incomplete(let problems):
            // Permissions may change without an event where inotify is not to be had.
            watcher.recheck(snapshot.item, after: .seconds(60))
            outcome = .incomplete(problems)
        case .rejected(let problems):
            let isDoubtful = report.mayBeUnfinished
            outcome = refusal(of: snapshot.item, stamp: report.stamp, problems, isDoubtful: isDoubtful)
        case .unavailable(let error):
            watcher.recheck(snapshot.item, after: .seconds(30))
            outcome = .incomplete([Problem("source-unavailable", error.description)])
        }
        let sighting = Sighting(
            report.kind,
            at: snapshot.item,
            stamp: report.stamp,
            outcome: outcome,
            notes: report.notes,
            site: report.site
        )
        let begun = now()
        let record = try await waitingForDisk { try await self.ledger.record(sighting, at: self.now()) }
        meters.note(record, changed: snapshot.lastChange, since: begun)
        announce(record)
    }

    /// Records nothing for an archive that holds no E57 files and that nobody has to unpack.
    private func leaveAlone(_ snapshot: FileSnapshot) async throws {
        let record = try await waitingForDisk {
            try await self.ledger.recordVanished(snapshot.item, at: self.now())
        }
        if let record { changed(record) }
        watcher.acknowledge(snapshot.item, stamp: snapshot.stamp, as: .refused)
    }
}
