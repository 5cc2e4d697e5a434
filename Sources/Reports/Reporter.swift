import DropFolder
import Foundation
import Glibc
package import Ledger
package import Logging
import NIOPosix
import ServiceLifecycle
package import Station
import Synchronization
package import Timing

/// Keeps the reports for the crew in step with the ledger: one file beside each folder that needs one.
package final class Reporter: Service {
    /// Where the reports of one inbox go, and how long a station may be incomplete before it is reported.
    package struct Place: Sendable {
        package var reports: ReportDestination
        package var reportAfter: Duration

        package init(reports: ReportDestination, reportAfter: Duration) {
            self.reports = reports
            self.reportAfter = reportAfter
        }
    }

    let ledger: ItemLedger
    private let places: [String: Place]
    private let stateDirectory: String
    private let timeSource: TimeSource
    let logger: Logger
    /// Rung when a report may have become due.
    private let bell: Doorbell
    /// Writing files blocks.
    let thread = NIOThreadPool(numberOfThreads: 1)
    /// The revisions whose report could not be written, so that each is logged once.
    private let refusals = Mutex<[ItemNumber: Int]>([:])
    /// Inboxes, by path, in which nothing can be written.
    private let troubles = Mutex<[String: ReportTrouble]>([:])
    /// Inboxes with the folders that took reports of theirs: each pair is logged once.
    private let mentioned = Mutex<Set<[String]>>([])
    /// Whether the inboxes have been checked since the start.
    private let looked = Mutex(false)

    package init(
        ledger: ItemLedger,
        places: [String: Place],
        stateDirectory: String,
        timeSource: TimeSource,
        logger: Logger,
        bell: Doorbell = Doorbell()
    ) {
        self.bell = bell
        self.ledger = ledger
        self.places = places
        self.stateDirectory = stateDirectory
        self.timeSource = timeSource
        self.logger = logger
    }

    package func run() async throws {
        thread.start()
        // Where a report is due within seconds, half a minute more would be long.
        let pause = max(.seconds(1), places.values.map(\.reportAfter).reduce(.seconds(10), min))
        await cancelWhenGracefulShutdown {
            var nextLook = ContinuousClock.now
            while !Task.isCancelled {
                if nextLook <= .now { nextLook = .now + Self.pauseBetweenLooks(at: await self.noteMissing()) }
                await self.writeDue()
                await self.bell.wait(atMost: pause, sleep: self.timeSource.sleep)
            }
        }
        // The last changes before the shutdown are reported, too.
        await writeDue()
        try await thread.shutdownGracefully()
    }

    /// Writes every report that is due.
    ///
    /// One that can't be written does not hold up the others, and stays due.
    func writeDue() async {
        do { try await lookAtInboxes() } catch {
            logger.debug("could not check whether reports can be written", metadata: ["error": "\(error)"])
        }
        let shortest = places.values.map(\.reportAfter).min() ?? .seconds(900)
        var limit = 100
        var skipped: Set<ItemNumber> = []
        do {
            while true {
                let now = timeSource.now()
                let due = try await ledger.unreported(
                    incompleteSince: now.addingTimeInterval(-shortest.inSeconds),
                    limit: limit
                )
                let ripe = due.filter { !skipped.contains($0.id) && isRipe($0, at: now) }
                for record in ripe where try await !writeUnlessRefused(record) { skipped.insert(record.id) }
                guard due.count == limit else { return }
                // Those that must wait must not block those after them.
                if ripe.isEmpty { limit *= 2 }
            }
        } catch is CancellationError {
            // The last call, at shutdown, writes what is left.
        } catch {
            logger.error("reports could not be written", metadata: ["error": "\(error)"])
        }
    }

    /// Returns whether the report was written, or nobody needs it.
    private func writeUnlessRefused(_ record: ItemRecord) async throws -> Bool {
        do {
            try await write(record)
            return true
        } catch let error as LedgerError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch DropFolderError.missing(let path) {
            // The folder above the station is gone. Where the inbox itself is there and everything is delivered, nobody waits for a report;
            // otherwise it may be a disk that comes back, or the watcher will report that the station is gone.
            guard case .registered = record.state, path != record.inbox else { return false }
            try await ledger.recordReported(record.id, revision: record.revision, report: nil)
            return true
        } catch {
            let isNews = refusals.withLock { $0.updateValue(record.revision, forKey: record.id) != record.revision }
            logger.log(
                level: isNews ? .error : .debug,
                "a report could not be written",
                metadata: [
                    "station.path": "\(printable(record.path))", "station.number": "\(record.id)", "error": "\(error)",
                ]
            )
            return false
        }
    }

    private func isRipe(_ record: ItemRecord, at now: Date) -> Bool {
        guard case .incomplete = record.state, record.report == nil, let place = places[record.inbox] else {
            return true
        }
        return now.timeIntervalSince(record.changedAt) >= place.reportAfter.inSeconds
    }

    private func write(_ record: ItemRecord) async throws {
        var report = try await report(on: record)
        var revision = record.revision
        if case .incomplete = record.state, !isOld(record) {
            // The previous report is no longer true, and WAITING is not due yet: it stays due.
            report = nil
            revision -= 1
        }
        guard let place = places[record.inbox], place.reports != .off else {
            return try await ledger.recordReported(record.id, revision: record.revision, report: nil)
        }
        let written = try await put(report, for: record, place: place)
        mention(written, of: record)
        try await ledger.recordReported(
            record.id,
            revision: revision,
            report: written.path,
            elsewhere: written.elsewhere
        )
    }

    private func report(on record: ItemRecord) async throws -> CrewReport? {
        let original = try await ledger.original(of: record)
        let clearing = record.isGone ? try await ledger.clearing(of: record) : nil
        if record.kind == .scan {
            let outcome = try await ScanOutcome.read(of: record, from: ledger)
            return CrewReport(forScan: record, original: original, outcome: outcome, clearing: clearing)
        }
        let standing = record.state.digest == nil ? try await ledger.standingImages(of: record.id) : []
        return CrewReport(for: record, original: original, standing: standing, clearing: clearing)
    }

    private func isOld(_ record: ItemRecord) -> Bool {
        guard let place = places[record.inbox] else { return false }
        return timeSource.now().timeIntervalSince(record.changedAt) >= place.reportAfter.inSeconds
    }

    /// The folder that holds one inbox's reports where they are not beside the stations; the digest keeps `/srv/a_b` and `/srv/a/b`
    /// apart.
    static func folderName(of inbox: String) -> String {
        inbox.replacingOccurrences(of: "/", with: "_") + "-" + ContentDigest(over: [inbox]).rawValue.prefix(8)
    }

    private func put(
        _ report: CrewReport?,
        for record: ItemRecord,
        place: Place
    ) async throws -> ReportPlaces.Written {
        let inbox = Self.folderName(of: record.inbox)
        let directory: String?
        switch place.reports {
        case .beside: directory = nil
        case .directory(let folder):
            // Inboxes that share a folder get a subfolder each.
            let isShared = places.values.count { $0.reports == place.reports } > 1
            directory = isShared ? folder + "/" + inbox : folder
        case .off: return .init()
        }
        let files = ReportPlaces(
            inbox: record.inbox,
            path: record.path,
            directory: directory,
            own: ownFolder(of: record.inbox)
        )
        return try await thread.runIfActive { try files.put(report, before: record.report) }
    }

    /// The folder in the state directory for reports that cannot be written in the inbox.
    private func ownFolder(of inbox: String) -> String { stateDirectory + "/reports/" + Self.folderName(of: inbox) }

    // MARK: Where reports cannot be written

    /// Why reports cannot be written in an inbox at all, as of the last check.
    package func trouble(of inbox: String) -> ReportTrouble? { troubles.withLock { $0[inbox] } }

    /// Checks whether reports can be written, before the first one is due and whenever that may have changed.
    private func lookAtInboxes() async throws {
        let inboxes = places.filter { $0.value.reports == .beside }.map(\.key)
        let found = try await thread.runIfActive { inboxes.compactMap(ReportTrouble.look) }
        let new = Dictionary(uniqueKeysWithValues: found.map { ($0.inbox, $0) })
        let old = troubles.withLock { $0 }
        for trouble in found where old[trouble.inbox] != trouble {
            logger.warning(
                "reports cannot be written in this inbox",
                metadata: [
                    "inbox.path": "\(printable(trouble.inbox))", "reason": "\(trouble.summary)",
                    "reports": "\(ownFolder(of: trouble.inbox))",
                    "advice": "\(trouble.advice)",
                ]
            )
        }
        for inbox in old.keys where new[inbox] == nil {
            logger.notice("reports can be written in this inbox again", metadata: ["inbox.path": "\(printable(inbox))"])
        }
        // Reports that had to go to the state directory now go where crews look for them.
        let isFirst = looked.withLock { !$0 }
        for inbox in inboxes where new[inbox] == nil && (isFirst || old[inbox] != nil) {
            try await ledger.reportAgain(inbox: inbox, standingIn: ownFolder(of: inbox))
            // The crew's own folder may be writable by now.
            if isFirst { try await ledger.reportAgain(inbox: inbox, standingIn: inbox) }
        }
        // If the ledger cannot be written, all of this is done again.
        troubles.withLock { $0 = new }
        looked.withLock { $0 = true }
    }

    /// Logs once for each inbox and folder that reports are elsewhere.
    private func mention(_ written: ReportPlaces.Written, of record: ItemRecord) {
        // If nothing at all can be written in the inbox, that has been logged.
        guard let folder = written.elsewhere, trouble(of: record.inbox) == nil,
            mentioned.withLock({ $0.insert([record.inbox, folder]).inserted })
        else {
            return
        }
        logger.warning(
            "a report could not be written beside its station; it is in another folder, and so are others like it",
            metadata: [
                "station.path": "\(printable(record.path))", "station.number": "\(record.id)",
                "inbox.path": "\(printable(record.inbox))",
                "reports": "\(printable(folder))",
                "reason": "\(written.cause.map { String(cString: strerror($0.code)) } ?? "")",
                "advice":
                    "let drop360 write in the crews' folders (group drop360-crew, umask 002, `chmod -R g+w`); `drop360 explain` names each report",
            ]
        )
    }
}
