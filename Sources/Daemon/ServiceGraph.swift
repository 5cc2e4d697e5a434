import AfterDelivery
import CDF
import ConfigFile
import Dashboard
import Delivery
import Foundation
import Inbox
import Inspection
import Ledger
import LocalServer
import Logging
import Reports
import ServiceLifecycle
import Settings
import Station
import Status
import Timing

/// The daemon's parts, wired together for one turn.
///
/// ``Bells`` wake the services; ``ChangeRelay`` passes changes on.
final class ServiceGraph: Sendable {
    let board: TransferBoard
    let feed = ChangeFeed()
    let link: Link
    let inboxes: InboxOverview
    let turn: Turn
    private let bells = Bells()
    private let changes: ChangeRelay
    /// Of ``board``.
    private let sendingRate: SendingRate
    private let watcher: InboxWatcher
    private let inspector: Inspector
    private let intake: Intake
    private let reporter: Reporter
    private let reader: ScanReader
    private let uploads: StageRunner<UploadStage>
    private let registrations: StageRunner<RegisterStage>
    private let pointClouds: StageRunner<UploadStage>
    private let handOvers: StageRunner<HandOverStage>
    private let following: StageRunner<FollowStage>
    private let retractions: StageRunner<RetractStage>
    private let clearer: Clearer
    private let pageTrouble: PageTrouble

    /// - Parameters:
    ///   - turn: What it works with.
    ///   - known: What the ledger knows of each inbox.
    ///   - delivered: The name of the model that the ledger has delivered by; nil if it has sent nothing yet.
    init(_ turn: Turn, known: sending [String: KnownStations], delivered: String?) {
        self.turn = turn
        let board = TransferBoard()
        (self.board, sendingRate) = (board, SendingRate(board))
        let configuration = turn.configuration
        pageTrouble = PageTrouble(turn.page)
        let converted = ConvertedFaces(state: configuration.state)
        watcher = InboxWatcher(
            inboxes: configuration.inboxes.map(\.settings),
            known: known,
            // Commands close the ledger when they have written.
            stateDirectory: .init(folder: configuration.state, prefix: "ledger.sqlite") { [bells] in
                bells.ledgerWritten()
            },
            meters: turn.meters.inbox,
            logger: turn.logger
        )
        reporter = Reporter(
            ledger: turn.ledger,
            places: configuration.reportPlaces,
            stateDirectory: configuration.state,
            timeSource: turn.timeSource,
            logger: turn.logger,
            bell: bells.reports
        )
        inboxes = InboxOverview(configuration.inboxes, watcher: watcher, reporter: reporter)
        changes = ChangeRelay(bells: bells, feed: feed, watcher: watcher, inboxes: inboxes, converted: converted)
        link = Link(
            client: turn.client,
            model: configuration.modelChoice,
            delivered: delivered,
            dataSet: configuration.cognite.dataSet,
            files: configuration.cognite.files,
            timeSource: turn.timeSource,
            listeners: bells.ofReadyLink,
            logger: turn.logger,
            changed: { [bells, feed] state in
                if case .down = state { bells.linkBroke() }
                feed.send(state)
            }
        )
        inspector = Inspector(threads: 2, meters: turn.meters.inspection)
        intake = Intake(
            watcher: watcher,
            inspector: inspector,
            ledger: turn.ledger,
            rules: configuration.intakeRules(converted: converted, now: turn.timeSource.now),
            now: turn.timeSource.now,
            changed: changes.stationChanged,
            rootChanged: changes.inboxChanged,
            meters: turn.meters.intake,
            logger: turn.logger
        )
        reader = ScanReader(
            ReadingContext(
                ledger: turn.ledger,
                rules: configuration.readingRules,
                list: configuration.positionLister(by: inspector, converted: converted, now: turn.timeSource.now).list,
                faces: converted,
                board: board,
                timeSource: turn.timeSource,
                logger: turn.logger,
                changed: changes.stationChanged,
                lookAgain: { [watcher] in watcher.recheck($0) },
                lostPlaces: { [inboxes] in inboxes.lostPlaces },
                isStopping: turn.isStopping
            ),
            bell: bells.reading
        )
        let delivery = DeliveryContext(
            ledger: turn.ledger,
            client: turn.client,
            link: link,
            board: board,
            timeSource: turn.timeSource,
            logger: turn.logger,
            changed: changes.stationChanged,
            lookAgain: { [watcher] in watcher.recheck($0.location) },
            lostPlaces: { [inboxes] in inboxes.lostPlaces },
            isStopping: turn.isStopping,
            renderedFaces: converted.folder
        )
        let upload = UploadStage(context: delivery, concurrency: configuration.upload.concurrency)
        uploads = StageRunner(upload, context: delivery, bell: bells.uploads)
        let registration = RegisterStage(context: delivery)
        registrations = StageRunner(registration, context: delivery, bell: bells.registrations)
        pointClouds = StageRunner(upload.ofPointClouds, context: delivery, bell: bells.pointClouds)
        let models = configuration.modelTargets
        let handOver = HandOverStage(context: delivery) { models[$0.inbox] }
        handOvers = StageRunner(handOver, context: delivery, bell: bells.handOvers)
        following = StageRunner(FollowStage(context: delivery), context: delivery, bell: bells.following)
        retractions = StageRunner(RetractStage(context: delivery), context: delivery, bell: bells.retractions)
        let start = ContinuousClock.now
        clearer = Clearer(
            ledger: turn.ledger,
            rules: configuration.clearingRules,
            timeSource: turn.timeSource,
            steady: { ContinuousClock.now - start },
            isLost: { [inboxes] path in
                inboxes.lostPlaces.contains { path == $0 || path.hasPrefix($0 + "/") }
            },
            changed: changes.stationChanged,
            logger: turn.logger,
            bell: bells.clearing
        )
    }

    /// The services: those that run until shutdown, and the one that causes it when no work is left.
    ///
    /// They are shut down in reverse order: first scans are no longer read and intake stops taking stations, then the stages, then reports, page and pulse.
    func services(notifier: ServiceNotifier, untilIdle: Bool) -> (lasting: [any Service], ending: [any Service]) {
        let signs = signs
        let progress = ProgressCheck(signs)
        let status = status(progress)
        let all: [(any Service)?] = [
            pulse(notifier, signs, progress), pipelineReporter(signs, progress), messenger(signs, untilIdle: untilIdle),
            turn.page(showing: sources(status), trouble: pageTrouble), metrics(progress, status), reporter, clearer,
            ledgerWatch, clockWatch, link,
            Together(registrations, handOvers, following, retractions), Together(uploads, pointClouds), intake, reader,
        ]
        return (all.compactMap(\.self), untilIdle ? [idleWatch] : [])
    }

    private var isBusy: Bool {
        uploads.isBusy || registrations.isBusy || pointClouds.isBusy || handOvers.isBusy || following.isBusy
            || retractions.isBusy
    }

    private var signs: Pulse.Signs {
        Pulse.Signs(
            scanner: { self.watcher.status.lastProgress },
            isBusy: { self.isBusy },
            steps: { self.board.now.steps },
            link: { self.link.state },
            inboxes: { self.inboxes.shown },
            detection: { .init(self.watcher.status) },
            changes: { self.feed.count },
            sendingRate: { self.sendingRate.now },
            pageTrouble: { self.pageTrouble.words }
        )
    }

    /// Nil where no extraction pipeline is configured.
    private func pipelineReporter(_ signs: Pulse.Signs, _ progress: ProgressCheck) -> PipelineReporter? {
        guard let pipeline = turn.configuration.cognite.extractionPipeline else { return nil }
        return PipelineReporter(
            pipeline: pipeline,
            send: { [client = turn.client] (run) async throws(CDFError) in try await client.report(run, to: pipeline) },
            ledger: turn.ledger,
            signs: signs,
            progress: progress,
            timeSource: turn.timeSource,
            logger: turn.logger
        )
    }

    private func pulse(_ notifier: ServiceNotifier, _ signs: Pulse.Signs, _ progress: ProgressCheck) -> Pulse {
        Pulse(
            notifier: notifier,
            ledger: turn.ledger,
            signs: signs,
            progress: progress,
            bell: bells.pulse,
            timeSource: turn.timeSource,
            logger: turn.logger
        )
    }

    /// Nil where no address is configured.
    private func metrics(_ progress: ProgressCheck, _ status: LiveStatus) -> TextServer? {
        guard let settings = turn.configuration.metrics else { return nil }
        let endpoint = MetricsEndpoint(
            registry: turn.meters.registry,
            ledger: turn.ledger,
            stateDirectory: turn.configuration.state,
            sources: .init(
                isLinkUp: { [link] in if case .ready = link.state { true } else { false } },
                inboxes: { self.inboxes.shown },
                watches: { self.watcher.status.watches },
                stalls: { progress.stalls },
                isPageServed: { [pageTrouble] in pageTrouble.words == nil }
            ),
            timeSource: turn.timeSource
        )
        return endpoint.server(settings, logger: turn.logger) {
            let status = try await status.read(.daemon)
            return TextServer.Text(status.health + "\n", isWell: !status.isStuck)
        }
    }

    private func status(_ progress: ProgressCheck) -> LiveStatus {
        LiveStatus(
            turn,
            .init(
                inboxes: inboxes,
                watcher: watcher,
                board: board,
                link: link,
                progress: progress,
                checks: { self.checks },
                pageTrouble: pageTrouble,
                sendingRate: { [sendingRate] in sendingRate.now }
            )
        )
    }

    /// What the pages show.
    private func sources(_ live: LiveStatus) -> DashboardSources {
        let status: @Sendable () async throws -> DaemonStatus = { try await live.read() }
        var sources = DashboardSources(status: status, changes: feed)
        sources.plans = PlanPages(ledger: turn.ledger).source
        let daemon: @Sendable () async throws -> DaemonStatus = { try await live.read(.daemon) }
        sources.station =
            StationPages(
                ledger: turn.ledger,
                previews: FacePreviews(besides: inspector) { [turn] in try await turn.timeSource.sleep($0) },
                rendered: ConvertedFaces(state: turn.configuration.state),
                status: daemon,
                now: turn.timeSource.now
            ).source
        sources.actions =
            PageActions(
                ledger: turn.ledger,
                watcher: watcher,
                changes: changes,
                now: turn.timeSource.now,
                logger: turn.logger
            ).source
        sources.table = StationTables(ledger: turn.ledger, status: daemon).source
        return sources
    }

    private var ledgerWatch: LedgerWatch {
        LedgerWatch(
            ledger: turn.ledger,
            timeSource: turn.timeSource,
            bell: bells.ledgerWatch,
            isTold: { self.watcher.status.watchesStateDirectory },
            lookAgain: { self.watcher.recheck($0) },
            wake: changes.anythingChanged,
            logger: turn.logger
        )
    }

    private var clockWatch: LedgerClockWatch {
        LedgerClockWatch(ledger: turn.ledger, timeSource: turn.timeSource, logger: turn.logger) { [changes, link] in
            changes.anythingChanged()
            link.bell.ring()
        }
    }

    private var idleWatch: IdleWatch {
        IdleWatch(
            watcherStatus: { self.watcher.status },
            handled: { self.intake.handled },
            link: link,
            nextDue: { try await self.nextDue(at: $0) },
            ledger: turn.ledger,
            timeSource: turn.timeSource,
            logger: turn.logger
        )
    }

    /// When a stage next has work.
    ///
    /// Asks in the order in which a station moves, and then the uploads again: a station may also return from registration to upload. A scan
    /// is settled after the last of its positions.
    private func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        let dates = [
            try await reader.nextDue(at: now), try await uploads.nextDue(at: now),
            try await registrations.nextDue(at: now), try await uploads.nextDue(at: now),
            try await reader.nextDue(at: now), try await pointClouds.nextDue(at: now),
            try await handOvers.nextDue(at: now), try await following.nextDue(at: now),
            try await pointClouds.nextDue(at: now), try await retractions.nextDue(at: now),
            try await clearer.nextDue(at: now),
        ]
        return dates.compactMap(\.self).min()
    }

    /// Stations that this turn has left out because of a bug.
    var skipped: UInt64 { intake.skipped }

    /// The E57 files that are being checked.
    var checks: [DaemonStatus.Check] {
        [intake.fileProgress].compactMap(\.self).map { .init(path: $0.item.path, total: $0.size, done: $0.done) }
    }
}
