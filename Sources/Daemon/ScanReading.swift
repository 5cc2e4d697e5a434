import Delivery
import DropFolder
import Foundation
import Inspection
import Ledger
import Logging
import Station
import Timing

/// Reads one scan: as far as it can be read now.
struct ScanReading {
    private let scan: ItemRecord
    private let context: ReadingContext

    /// Why reading ends before the last position.
    private enum Obstacle: Error {
        /// drop360 is stopping or paused, or the scan has other content by now: nothing is to be recorded.
        case stopped
        /// The file is not the one that was accepted.
        case changed
        /// What cannot be read or written now, and when to try again.
        case later(Duration, because: String)
        case ledger(LedgerError)
    }

    /// - Parameter scan: From the ledger, due for reading.
    init(_ scan: ItemRecord, context: ReadingContext) {
        self.scan = scan
        self.context = context
    }

    /// Reads the positions that have not been read, and records each.
    ///
    /// - Parameter waiting: Called where there is no room for the next position's faces; returns when there may be.
    /// - Throws: Only if the ledger cannot be read or written.
    func read(waiting: () async throws(LedgerError) -> Void) async throws(LedgerError) {
        guard let digest = scan.state.digest else { return }
        do throws(Obstacle) {
            let positions = try await list()
            let done = try await begin(positions, digest)
            let left = positions.enumerated().filter { !done.contains($0.element.location(in: scan.location).path) }
            defer { context.board.endReading() }
            for (index, position) in left {
                try await waitForRoom(digest, waiting)
                announce(index + 1, of: positions.count)
                try await read(position, digest)
            }
            try await finish(digest)
        } catch {
            try await settle(error, digest)
        }
    }

    private static let untilShareAnswers = Duration.seconds(60)

    // MARK: Steps

    private func list() async throws(Obstacle) -> [ListedPosition] {
        guard context.rules[scan.inbox] != nil else {
            throw .later(.seconds(3600), because: "`e57.extract: here` is no longer set for this inbox.")
        }
        switch await context.list(scan) {
        case .positions(let positions): return positions
        case .changed: throw Task.isCancelled ? .stopped : .changed
        case .unavailable(let error): throw .later(Self.untilShareAnswers, because: error.summary)
        case .refused(let problems):
            guard let stamp = scan.lastSight.stamp else { throw .changed }
            let sighting = Sighting(.scan, at: scan.location, stamp: stamp, outcome: .rejected(problems))
            let now = context.timeSource.now()
            context.changed(
                try await ledger { (ledger) async throws(LedgerError) in try await ledger.record(sighting, at: now) }
            )
            throw .stopped
        }
    }

    /// - Returns: The paths of the positions that have been read already.
    private func begin(_ positions: [ListedPosition], _ digest: ContentDigest) async throws(Obstacle) -> Set<String> {
        let stamps = Dictionary(
            positions.map { ($0.location(in: scan.location).path, $0.stamp(in: digest)) },
            uniquingKeysWith: { first, _ in first }
        )
        let now = context.timeSource.now()
        guard
            let done = try await ledger({ (ledger) async throws(LedgerError) in
                try await ledger.beginReading(scan.id, digest: digest, positions: stamps, at: now)
            })
        else { throw .stopped }
        context.logger.info(
            "reading the positions of a scan",
            metadata: metadata(["positions": "\(positions.count)", "read": "\(done.count)"])
        )
        context.changed(try await ledger { (ledger) async throws(LedgerError) in try await ledger.item(scan.id) })
        return done
    }

    /// Waits until the faces of one more position fit into what the configuration allows.
    ///
    /// One position always fits, so that every scan comes to its end.
    private func waitForRoom(
        _ digest: ContentDigest,
        _ waiting: () async throws(LedgerError) -> Void
    ) async throws(Obstacle) {
        let scratch = context.rules[scan.inbox]?.scratch ?? 0
        var isWaiting = false
        while true {
            let mayRead = try await ledger { (_) async throws(LedgerError) in try await context.mayRead() }
            let current = try await ledger { (ledger) async throws(LedgerError) in try await ledger.item(scan.id) }
            guard mayRead, current.state.digest == digest, !current.isGone else { throw .stopped }
            let taken = try await ledger { (ledger) async throws(LedgerError) in try await ledger.facesOfPositions() }
            // A panorama and the faces rendered from it are there at the same time.
            if taken.all == 0 || taken.all + 2 * taken.largest <= scratch { return }
            if !isWaiting {
                isWaiting = true
                context.logger.info(
                    "waiting until positions are sent: the faces of those on their way take all the room that they may",
                    metadata: metadata(["faces.bytes": "\(taken.all)", "e57.scratch": "\(scratch)"])
                )
            }
            do throws(LedgerError) { try await waiting() } catch { throw .ledger(error) }
        }
    }

    private func read(_ position: ListedPosition, _ digest: ContentDigest) async throws(Obstacle) {
        let report = await position.inspect()
        let outcome = try outcome(of: report)
        let location = position.location(in: scan.location)
        let sighting = Sighting(
            at: location,
            stamp: position.stamp(in: digest),
            outcome: outcome,
            notes: report.notes,
            site: report.site,
            place: report.place
        )
        let rules = context.rules[scan.inbox]
        let now = context.timeSource.now()
        let former = try await ledger { (ledger) async throws(LedgerError) in try await ledger.item(at: location) }
        let record = try await ledger { (ledger) async throws(LedgerError) in
            try await ledger.recordPosition(
                sighting,
                of: scan.id,
                digest: digest,
                poseDrift: rules?.poseDrift ?? .init(),
                collections: rules?.collections ?? .init(),
                at: now
            )
        }
        try await removeUnneeded([former?.capture?.place, report.verdict.place], of: location)
        guard let record else { throw .stopped }
        announce(record)
    }

    private func outcome(of report: InspectionReport) throws(Obstacle) -> Sighting.Outcome {
        switch report.verdict {
        case .accepted(let capture): return .accepted(.station(capture))
        case .rejected(let problems): return .rejected(problems)
        case .incomplete(let problems):
            // Rendering is expensive, and a full disk seldom has room again within a minute.
            if let full = problems.first(where: { $0.code == ProblemCode.notConverted.rawValue }) {
                throw .later(.seconds(300), because: full.message)
            }
            // The file is whole: what is missing in it will not come.
            return .rejected(problems)
        case .unavailable(let error): throw .later(Self.untilShareAnswers, because: error.summary)
        case .changed, .partOf: throw Task.isCancelled ? .stopped : .changed
        }
    }

    /// Removes faces of an earlier content, or of a position that need not be sent.
    private func removeUnneeded(_ places: [String?], of position: ItemPath) async throws(Obstacle) {
        for place in Set(places.compactMap(\.self)) {
            let isNeeded = try await ledger { (ledger) async throws(LedgerError) in
                try await ledger.isPlaceNeeded(place, by: position)
            }
            if !isNeeded { context.discard(place) }
        }
    }

    private func finish(_ digest: ContentDigest) async throws(Obstacle) {
        let now = context.timeSource.now()
        let read = try await ledger { (ledger) async throws(LedgerError) in
            try await ledger.finishReading(scan.id, digest: digest, at: now)
        }
        context.logger.info("all positions of the scan have been read", metadata: metadata())
        context.changed(read)
    }

    // MARK: What is in the way

    private func settle(_ obstacle: Obstacle, _ digest: ContentDigest) async throws(LedgerError) {
        switch obstacle {
        case .ledger(let error): throw error
        case .stopped: try await mentionLoss()
        case .changed:
            try await postpone(digest, for: .seconds(10), because: "the file is not as it was accepted")
            context.lookAgain(scan.location)
        case .later(let pause, let reason):
            context.logger.notice(
                "the scan will be read on later",
                metadata: metadata(["retry.seconds": "\(Int(pause.inSeconds))", "reason": "\(reason)"])
            )
            try await postpone(digest, for: pause, because: reason)
        }
    }

    /// Puts the scan off; only the first time in a row is a line of its history.
    private func postpone(
        _ digest: ContentDigest,
        for pause: Duration,
        because reason: String
    ) async throws(LedgerError) {
        let now = context.timeSource.now()
        let later = try await context.ledger.postpone(
            scan.id,
            digest: digest,
            until: now.addingTimeInterval(pause.inSeconds),
            counts: scan.attempts == 0,
            reason: reason,
            at: now
        )
        context.changed(later)
    }

    /// Says what a file that went away leaves unread.
    private func mentionLoss() async throws(LedgerError) {
        guard try await context.ledger.item(scan.id).state == .withdrawn else { return }
        let last = try await context.ledger.history(of: scan.id).last
        context.logger.warning(
            "the file of a scan went away while it was being read; positions that have been read are delivered",
            metadata: metadata(["reason": "\(last?.detail ?? "")"])
        )
    }

    private func ledger<Value: Sendable>(
        _ work: (ItemLedger) async throws(LedgerError) -> Value
    ) async throws(Obstacle) -> Value {
        do throws(LedgerError) { return try await work(context.ledger) } catch { throw .ledger(error) }
    }

    // MARK: Words

    private func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        more.merging(["scan.path": "\(printable(scan.path))", "scan.number": "\(scan.id)"]) { $1 }
    }

    private func announce(_ position: Int, of count: Int) {
        context.board.beginReading(scan.id, path: scan.path, position: position, of: count)
        context.logger.info("reading position \(position) of \(count)", metadata: metadata())
    }

    private func announce(_ record: ItemRecord) {
        var words: Logger.Metadata = ["station.path": "\(printable(record.path))", "station.number": "\(record.id)"]
        switch record.state {
        case .rejected(let problems):
            words["problems"] = "\(problems.messages)"
            context.logger.warning("position is rejected", metadata: metadata(words))
        case .accepted where record.sameAs != nil, .registered:
            context.logger.info(
                "position was delivered before with the same content; nothing is sent",
                metadata: metadata(words)
            )
        default: context.logger.debug("position is accepted", metadata: metadata(words))
        }
        context.changed(record)
    }
}

extension Capture {
    /// The folder among the rendered faces that holds this content's.
    fileprivate var place: String? { faces[.front]?.storedIn }
}

extension Verdict {
    fileprivate var place: String? {
        guard case .accepted(let capture) = self else { return nil }
        return capture.place
    }
}
