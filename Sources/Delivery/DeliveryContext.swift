package import CDF
import Foundation
package import Ledger
package import Logging
import Station
package import Timing

/// What all stages work with.
package struct DeliveryContext: Sendable {
    package var ledger: ItemLedger
    package var client: CDFClient
    package var link: Link
    package var board: TransferBoard
    package var schedule: RetrySchedule
    package var timeSource: TimeSource
    package var logger: Logger
    /// Called after each change of a station, with its new record: wakes stages, reports and displays.
    package var changed: @Sendable (ItemRecord) -> Void
    /// Called to have the inbox look again at a folder that changed while it was being sent.
    package var lookAgain: @Sendable (ItemRecord) -> Void
    /// Inboxes and folders in them, absolute, that cannot be read now: files still to be sent from there wait.
    package var lostPlaces: @Sendable () -> Set<String>

    /// Whether drop360 is stopping: the services are stopped one after the other.
    package var isStopping: @Sendable () -> Bool

    /// The folder of the rendered faces, absolute.
    package var renderedFaces: String
    /// When a file is sent in parts, and how.
    package var parts: PartRules
    /// One writer of nodes at a time, among all stages: CDF allows a project few, and refuses conflicting ones (contract D).
    let writers = Slots { 1 }
    /// Taken while images are written with their places, or places are looked at and deleted: otherwise a place that nothing points at
    /// yet could be deleted before its image is written.
    let places = Slots { 1 }

    package init(
        ledger: ItemLedger,
        client: CDFClient,
        link: Link,
        board: TransferBoard,
        schedule: RetrySchedule = .standard,
        timeSource: TimeSource,
        logger: Logger,
        changed: @escaping @Sendable (ItemRecord) -> Void,
        lookAgain: @escaping @Sendable (ItemRecord) -> Void,
        lostPlaces: @escaping @Sendable () -> Set<String> = { [] },
        isStopping: @escaping @Sendable () -> Bool = { false },
        renderedFaces: String = "/nonexistent",
        parts: PartRules = PartRules()
    ) {
        self.ledger = ledger
        self.client = client
        self.link = link
        self.board = board
        self.schedule = schedule
        self.timeSource = timeSource
        self.logger = logger
        self.changed = changed
        self.lookAgain = lookAgain
        self.lostPlaces = lostPlaces
        self.isStopping = isStopping
        self.renderedFaces = renderedFaces
        self.parts = parts
    }
}

extension DeliveryContext {
    /// How long a station may wait for what CDF has only not noticed yet, in seconds; afterwards, each attempt counts.
    private static let longestWait: TimeInterval = 3600

    /// Writes nodes in one transaction, over nothing that another tool keeps; see ``CDFClient/write(_:known:asked:)``.
    func write(
        _ nodes: [NodeWrite],
        known: Set<NodeReference> = [],
        asked: String
    ) async throws(CDFError) -> [NodeReceipt] {
        try await writers.occupied { () async -> Result<[NodeReceipt], CDFError> in
            do throws(CDFError) { return .success(try await client.write(nodes, known: known, asked: asked)) } catch {
                return .failure(error)
            }
        }.get()
    }

    /// Makes sure, before anything is sent, that the ledger delivers by the project's model and no other.
    ///
    /// - Returns: False if it delivers by another one: the link is down with the reason.
    func mayDeliver(to project: PreparedProject) async throws(LedgerError) -> Bool {
        // A ledger that has delivered keeps its model: it is asked once.
        if link.delivers(by: project.model.name) { return true }
        let loadsAll = project.model.reading.mostImages == nil
        let delivered = try await ledger.claimModel(project.model.name, viewerLoadsAll: loadsAll)
        link.recordDelivery(by: delivered)
        guard delivered != project.model.name else { return true }
        link.lost(.otherModel(delivered: delivered, wanted: project.model.name))
        return false
    }

    /// What a refusal is really about: the project, if that has come to lack something since it was probed, else the request itself.
    func cause(of error: CDFError) async -> CDFError {
        guard case .refused = error else { return error }
        return await link.newlyLacking() ?? error
    }

    /// Records the consequences of a failed attempt, as the error's remedy decides.
    ///
    /// - Parameters:
    ///   - error: The one with the widest consequence, if there are several.
    ///   - station: The station whose attempt failed.
    ///   - asked: The longest pause that CDF asked for.
    /// - Returns: Whether the station was given up.
    @discardableResult
    func settle(_ error: CDFError, for station: ItemRecord, atLeast asked: Duration? = nil) async throws(LedgerError)
        -> Bool
    {
        guard let digest = station.state.digest else { return false }
        let now = timeSource.now()
        switch error.remedy {
        case .offline, .pauseStage:
            guard link.lost(error, by: station.id) else {
                return try await putOff(station, digest, atLeast: asked, because: error)
            }
            // Neither immediately nor before the others, should the link turn out to work. The attempt does not count.
            _ = try await ledger.postpone(
                station.id,
                digest: digest,
                until: now.addingTimeInterval(max(15, asked?.inSeconds ?? 0)),
                counts: false,
                reason: error.summary,
                at: now
            )
        case .release:
            guard error != .interrupted else { return false }
            // The folder changed meanwhile: it goes back to the inbox, and is not sent meanwhile.
            _ = try await ledger.postpone(
                station.id,
                digest: digest,
                until: now.addingTimeInterval(max(10, asked?.inSeconds ?? 0)),
                counts: false,
                reason: error.summary,
                at: now
            )
            if station.scan == nil {
                lookAgain(station)
            } else {
                changed(try await ledger.readAgain(station.id, at: now))
            }
        case .wait:
            let waited = now.timeIntervalSince(station.changedAt)
            guard waited < Self.longestWait else {
                return try await putOff(station, digest, atLeast: asked, because: error)
            }
            // Soon at first, then less and less often.
            _ = try await ledger.postpone(
                station.id,
                digest: digest,
                until: now.addingTimeInterval(min(max(waited / 2, 5), 120)),
                counts: false,
                reason: error.summary,
                at: now
            )
        case .retry(let after):
            return try await putOff(station, digest, atLeast: max(after ?? .zero, asked ?? .zero), because: error)
        case .giveUp:
            try await giveUp(.init(summary: error.summary, advice: error.advice), digest, station)
            return true
        }
        return false
    }

    /// Postpones a station by its schedule; the attempt counts, and after the last one it is `failed`.
    private func putOff(
        _ station: ItemRecord,
        _ digest: ContentDigest,
        atLeast: Duration?,
        because error: CDFError
    ) async throws(LedgerError) -> Bool {
        let now = timeSource.now()
        let attempts = station.attempts + 1
        guard let pause = schedule.pause(afterAttempts: attempts, atLeast: atLeast) else {
            let failure = ItemState.Failure(
                summary: "Given up after \(attempts) attempts. The last error: \(error.summary)",
                advice: error.advice ?? "Fix the cause, then run `drop360 retry` for the \(station.kind.noun)."
            )
            try await giveUp(failure, digest, station)
            return true
        }
        let later = try await ledger.postpone(
            station.id,
            digest: digest,
            until: now.addingTimeInterval(pause.inSeconds),
            counts: true,
            reason: error.summary,
            at: now
        )
        logger.notice(
            "\(station.kind.noun) will be tried again",
            metadata: [
                "station.path": "\(printable(station.path))", "station.number": "\(station.id)",
                "retry.seconds": "\(Int(pause.inSeconds))",
                "reason": "\(error.summary)",
            ]
        )
        changed(later)
        return false
    }

    /// Gives the content up: nothing more is tried until an operator retries it.
    func giveUp(
        _ failure: ItemState.Failure,
        _ digest: ContentDigest,
        _ station: ItemRecord
    ) async throws(LedgerError) {
        let failed = try await ledger.record(.gaveUp(digest, failure), for: station.id, at: timeSource.now())
        logger.error(
            "\(station.kind.noun) failed",
            metadata: [
                "station.path": "\(printable(station.path))", "station.number": "\(station.id)",
                "reason": "\(failure.summary)",
                "advice": "\(failure.advice ?? "-")",
            ]
        )
        changed(failed)
    }
}
