import CDF
import ConfigFile
import Dashboard
import Delivery
import Foundation
import Inbox
import Inspection
import Ledger
import Logging
import Reports
import ServiceLifecycle
import Settings
import Station
import Status
import Synchronization
import Timing

/// The daemon's parts, wired together: who is told of what.
final class ServiceGraph: Sendable {
    let board = TransferBoard()
    let link: Link
    private let configuration: Configuration
    private let ledger: ItemLedger
    private let client: CDFClient
    private let timeSource: TimeSource
    private let logger: Logger
    private let watcher: InboxWatcher
    private let intake: Intake
    private let reporter: Reporter
    private let uploads: StageRunner<UploadStage>
    private let registrations: StageRunner<RegisterStage>
    private let wake: @Sendable () -> Void
    private let pulseBell: Doorbell
    /// Rung when another process has written into the ledger.
    private let othersBell: Doorbell
    /// Why an inbox is lost, by its path.
    private let troubles: Troubles

    private let changes: Changes

    /// Counts the changes of stations that this process made or noticed.
    final class Changes: Sendable {
        let count = Atomic<UInt64>(0)
    }

    final class Troubles: Sendable {
        let byInbox = Mutex<[String: String]>([:])
        var inboxes: Set<String> { Set(byInbox.withLock { $0.keys }) }
    }

    /// Folders inside inboxes whose disk is not there, absolute.
    private static func absentPlaces(_ status: InboxStatus) -> [String] {
        status.absentMounts.flatMap { inbox, places in places.map { inbox + "/" + $0 } }
    }

    init(
        configuration: Configuration,
        ledger: ItemLedger,
        known: sending [String: KnownStations],
        client: CDFClient,
        timeSource: TimeSource,
        logger: Logger,
        isStopping: @escaping @Sendable () -> Bool,
        changed: @escaping @Sendable (ItemRecord) -> Void
    ) {
        self.configuration = configuration
        self.ledger = ledger
        self.client = client
        self.timeSource = timeSource
        self.logger = logger
        let (uploadBell, registerBell) = (Doorbell(), Doorbell())
        let (pulseBell, othersBell) = (Doorbell(), Doorbell())
        self.pulseBell = pulseBell
        self.othersBell = othersBell
        let watcher = InboxWatcher(
            inboxes: configuration.inboxes.map(\.settings),
            known: known,
            // Commands close the ledger when they have written.
            bystander: StateDirectoryWatch(folder: configuration.state, prefix: "ledger.sqlite") { othersBell.ring() },
            logger: logger
        )
        let reporter = Reporter(
            ledger: ledger,
            places: configuration.inboxes.reduce(into: [:]) {
                $0[$1.path] = .init(reports: $1.reports, reportAfter: $1.reportAfter)
            },
            stateDirectory: configuration.state,
            timeSource: timeSource,
            logger: logger
        )
        let link = Link(
            client: client,
            space: configuration.target.space,
            dataSet: configuration.linkDataSet,
            timeSource: timeSource,
            listeners: [uploadBell, registerBell, pulseBell],
            logger: logger
        )
        let converted = ConvertedFaces(state: configuration.state)
        let changes = Changes()
        let wake: @Sendable () -> Void = {
            changes.count.add(1, ordering: .relaxed)
            uploadBell.ring()
            registerBell.ring()
            reporter.bell.ring()
            pulseBell.ring()
        }
        self.changes = changes
        let told: @Sendable (ItemRecord) -> Void = { record in
            wake()
            if let standing = KnownStations.Standing(of: record.state.name), standing != .open {
                watcher.acknowledge(
                    ItemPath(inbox: record.inbox, path: record.path),
                    stamp: Stamp(rawValue: record.stamp),
                    as: standing
                )
            }
            if record.state.name == .registered, let place = record.capture?.faces[.front]?.storedIn {
                // Removing files may take a disk's time.
                Thread.detachNewThread { converted.discard(place) }
            }
            changed(record)
        }
        let troubles = Troubles()
        self.troubles = troubles
        let setting = DeliveryContext(
            ledger: ledger,
            client: client,
            link: link,
            board: board,
            timeSource: timeSource,
            logger: logger,
            changed: told,
            lookAgain: { watcher.recheck(ItemPath(inbox: $0.inbox, path: $0.path)) },
            lostPlaces: { troubles.inboxes.union(Self.absentPlaces(watcher.status)) },
            isStopping: isStopping,
            renderedFaces: converted.folder
        )
        intake = Intake(
            watcher: watcher,
            inspector: Inspector(threads: 2),
            ledger: ledger,
            rules: configuration.inboxes.reduce(into: [:]) { rules, inbox in
                rules[inbox.path] = .init(
                    inspection: inbox.inspectionRules(
                        externalIDPrefix: configuration.target.externalIDPrefix,
                        converted: converted,
                        now: timeSource.now
                    ),
                    poseDrift: .init(accept: inbox.poseDrift == .accept)
                )
            },
            now: timeSource.now,
            changed: told,
            rootChanged: { inbox, trouble in
                troubles.byInbox.withLock { $0[inbox] = trouble.map(\.description) }
                // What is to be sent from there waits, or need wait no more.
                uploadBell.ring()
                pulseBell.ring()
            },
            logger: logger
        )
        uploads = StageRunner(
            UploadStage(context: setting, concurrency: configuration.upload.concurrency),
            context: setting,
            bell: uploadBell
        )
        registrations = StageRunner(
            RegisterStage(context: setting, space: configuration.target.space),
            context: setting,
            bell: registerBell
        )
        self.watcher = watcher
        self.reporter = reporter
        self.link = link
        self.wake = wake
    }

    /// What runs: services that last until shutdown, and the one that ends it when there is nothing left to do.
    ///
    /// They are shut down in reverse order: first intake stops taking stations, then the stages, then reports, page and pulse.
    func services(notifier: ServiceNotifier, untilIdle: Bool) -> (lasting: [any Service], ending: [any Service]) {
        let signs = Pulse.Signs(
            scanner: { self.watcher.status.lastProgress },
            isBusy: { self.uploads.isBusy || self.registrations.isBusy },
            steps: { self.board.now.steps },
            link: { self.link.state },
            inboxes: { self.inboxes },
            detection: { .init(self.watcher.status) },
            changes: { self.changes.count.load(ordering: .relaxed) }
        )
        let pulse = Pulse(
            notifier: notifier,
            ledger: ledger,
            signs: signs,
            bell: pulseBell,
            timeSource: timeSource,
            logger: logger
        )
        let page = DashboardServer(
            host: configuration.dashboard.listen.host,
            port: configuration.dashboard.listen.port,
            status: { try await self.status() },
            now: timeSource.now,
            logger: logger
        )
        let watch = LedgerWatch(
            ledger: ledger,
            timeSource: timeSource,
            bell: othersBell,
            isTold: { self.watcher.status.hearsBystander },
            lookAgain: { self.watcher.recheck(ItemPath(inbox: $0, path: $1)) },
            wake: wake,
            logger: logger
        )
        let start = ContinuousClock.now
        let clock = ClockWatch(
            timeSource: timeSource,
            elapsed: { ContinuousClock.now - start },
            logger: logger
        ) { step in
            if step < 0 { await self.clockWasPutBack(by: -step) }
            self.wake()
            self.link.bell.ring()
        }
        let idle = IdleWatch(
            watcherStatus: { self.watcher.status },
            handled: { self.intake.handled },
            link: link,
            lostPlaces: { [self] in troubles.inboxes.union(Self.absentPlaces(watcher.status)) },
            ledger: ledger,
            timeSource: timeSource,
            logger: logger
        )
        return ([pulse, page, reporter, watch, clock, link, registrations, uploads, intake], untilIdle ? [idle] : [])
    }

    /// What waits for a date must not wait for another one.
    private func clockWasPutBack(by seconds: TimeInterval) async {
        do throws(LedgerError) { try await ledger.clockWasPutBack(by: seconds) } catch {
            // At worst a station waits for a day: see `ItemLedger.furthest`.
            logger.error("the dates of what waits could not be put back", metadata: ["error": "\(error)"])
        }
    }

    /// Each inbox and whether it can be seen now.
    var inboxes: [DaemonStatus.Inbox] {
        let troubles = troubles.byInbox.withLock { $0 }
        let watched = watcher.status
        return configuration.inboxes.map { inbox in
            let absent = watched.absentMounts[inbox.path] ?? []
            var detection: String?
            if case .available(let polled) = watched.roots[inbox.path] { detection = polled ? "poll" : "inotify" }
            return .init(
                path: inbox.path,
                available: troubles[inbox.path] == nil,
                reason: troubles[inbox.path],
                detection: detection,
                unmounted: absent.isEmpty ? nil : absent,
                reportsTrouble: reporter.trouble(of: inbox.path).map { "\($0.summary) \($0.advice)" }
            )
        }
    }

    private func status() async throws -> DaemonStatus {
        var status = try await DaemonStatus.read(from: ledger, running: true)
        let picture = board.now
        status.inboxes = inboxes
        status.detection = .init(watcher.status)
        status.transfers = picture.transfers.map {
            .init(station: $0.station.rawValue, path: $0.path, total: $0.total, sent: $0.sent)
        }
        status.bytesSent = picture.bytes
        status.rateLimit = client.budget.limit(at: timeSource.now())
        if case .ready = link.state { status.online = true } else { status.online = false }
        return status
    }
}
