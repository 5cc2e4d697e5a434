import DropFolder
import Foundation
import Inbox
import Inspection
import Ledger
import Station
import Synchronization

/// Folders: inspected in their lanes and recorded.
extension Intake {
    func inspect(_ snapshot: FolderSnapshot) async throws {
        guard let own = rules[snapshot.inbox] else { return }
        let report = await inspectInLane(snapshot, own.inspection)
        let outcome: Sighting.Outcome
        if case .accepted = report.verdict {
            rechecks.withLock { $0.forget(snapshot.item) }
        }
        switch report.verdict {
        case .changed: return watcher.recheck(snapshot.item)
        case .partOf(let above): return try await leave(snapshot, to: above, stamp: report.snapshotStamp)
        case .accepted(let capture): outcome = .accepted(.station(capture))
        case .rejected(let problems):
            if problems.contains(where: { $0.code == ProblemCode.poseListAmbiguous.rawValue }) {
                // The other folder that the row fits may go, or get a sidecar, without any change in this one.
                watcher.recheck(snapshot.item, after: .seconds(1800))
            }
            let (stamp, isDoubtful) = (report.snapshotStamp, report.mayBeUnfinished)
            outcome = refusal(of: snapshot.item, stamp: stamp, problems, isDoubtful: isDoubtful)
        case .incomplete(let problems):
            if let delay = Self.recheckDelay(for: problems) {
                watcher.recheck(snapshot.item, after: delay)
            }
            outcome = .incomplete(problems)
        case .unavailable(let error):
            // Never the station's fault: it waits, and is inspected again automatically.
            watcher.recheck(snapshot.item, after: .seconds(30))
            outcome = .incomplete([Problem("source-unavailable", error.description)])
        }
        let sighting = Sighting(
            at: snapshot.item,
            stamp: report.snapshotStamp,
            outcome: outcome,
            notes: report.notes,
            glimpse: Glimpse(faces: report.files, pose: report.pose),
            site: report.site,
            place: report.place
        )
        let begun = now()
        let record = try await waitingForDisk {
            try await self.ledger.record(
                sighting,
                poseDrift: own.poseDrift,
                collections: own.collections,
                at: self.now()
            )
        }
        meters.note(record, changed: snapshot.lastChange, since: begun)
        announce(record)
    }

    /// A heavy station gives its place to the next one while it waits for the heavy lane.
    private func inspectInLane(_ snapshot: FolderSnapshot, _ rules: InspectionRules) async -> InspectionReport {
        await turns.takePlace()
        let hasPlace = Atomic(true)
        let report = await inspector.inspect(snapshot, rules: rules) {
            hasPlace.store(false, ordering: .relaxed)
            turns.freePlace()
        }
        if hasPlace.load(ordering: .relaxed) { turns.freePlace() }
        return report
    }

    func recordHindrance(_ hindrance: Hindrance) async throws {
        let record = try await waitingForDisk {
            try await self.ledger.recordHindrance(
                at: hindrance.item,
                stamp: hindrance.stamp,
                problem: hindrance.problem,
                site: self.rules[hindrance.item.inbox]?.inspection.site?.id,
                at: self.now()
            )
        }
        if case .rejected = record.state { announce(record) }
        watcher.acknowledge(hindrance.item, stamp: hindrance.stamp, as: .refused)
    }

    /// Records nothing for a folder whose files belong to the station above, and has that one inspected again, since its report names this folder.
    private func leave(_ snapshot: FolderSnapshot, to above: String, stamp: Stamp) async throws {
        let record = try await waitingForDisk {
            try await self.ledger.recordVanished(snapshot.item, at: self.now())
        }
        if let record { changed(record) }
        watcher.acknowledge(snapshot.item, stamp: stamp, as: .refused)
        watcher.recheck(ItemPath(inbox: snapshot.inbox, path: above))
    }

    /// When to inspect a station again that waits for something no event reports.
    private static func recheckDelay(for problems: [Problem]) -> Duration? {
        // Rendering is expensive, and a full disk seldom has room again within a minute.
        if problems.contains(where: { $0.code == ProblemCode.notConverted.rawValue }) { return .seconds(300) }
        // A list whose last line lacks a newline may be complete.
        let isOpenList = problems.contains { problem in
            problem.code == ProblemCode.stillWriting.rawValue
                && problem.file?.split(separator: "/").last.map { FolderSnapshot.isPoseList(String($0)) } == true
        }
        return isOpenList ? .seconds(11) : nil
    }

    /// What looks cut short is refused only when it looks so twice, and is inspected again later even then: a program that writes through a
    /// memory map changes a file without any event.
    ///
    /// - Parameter isDoubtful: Whether a running copy may still fix all of the problems.
    func refusal(
        of item: ItemPath,
        stamp: Stamp,
        _ problems: [Problem],
        isDoubtful: Bool
    ) -> Sighting.Outcome {
        let look = rechecks.withLock { $0.next(item, stamp: stamp, isDoubtful: isDoubtful) }
        if let delay = look.delay { watcher.recheck(item, after: delay, isAwaited: !look.isBelieved) }
        return look.isBelieved ? .rejected(problems) : .incomplete(problems)
    }
}
