package import CDF
import Foundation
package import Ledger
package import Logging
import ServiceLifecycle
package import Station
import Synchronization
package import Timing

/// Watches the connection to CDF: probes it at the start and after a break, and wakes the stages when they may work.
package final class Link: Service {
    private let client: CDFClient
    private let model: ModelChoice
    private let dataSet: DataSet?
    private let files: FileSettings
    private let timeSource: TimeSource
    /// Whether CDF's host accepts connections now.
    private let glance: @Sendable () async -> Bool
    private let logger: Logger
    private let current = Mutex<LinkState>(.unknown)
    private let breaks = Mutex(Breaks())
    /// The name of the model that the ledger has delivered by.
    private let delivered: Mutex<String?>
    /// How often a station may break the link while others get through, before the fault counts as the station's own.
    private static let tolerance = 3

    /// Which stations broke a link that worked before.
    private struct Breaks {
        struct Own {
            /// In a row.
            var times: Int
            /// ``Breaks/passes`` when it began.
            var passesBefore: Int
        }
        var byStation: [ItemNumber: Own] = [:]
        /// Files of all stations that got through.
        var passes = 0
    }
    /// Rung when the link's own loop has something to do.
    package let bell = Doorbell()
    /// Rung when the link is ready again.
    private let listeners: [Doorbell]
    private let changed: @Sendable (LinkState) -> Void

    /// - Parameters:
    ///   - client: The project's client.
    ///   - model: How the project is written; its space must exist.
    ///   - delivered: The name of the model that the ledger has delivered by; nil if it has sent nothing yet.
    ///   - dataSet: Where the files go.
    ///   - files: What every file gets; its labels must exist.
    ///   - timeSource: The clock.
    ///   - listeners: Rung when deliveries are possible again.
    ///   - logger: For breaks and recoveries.
    ///   - glance: Whether CDF's host accepts connections now; nil to try it.
    ///   - changed: Called when the link breaks or becomes ready, with its new state.
    package init(
        client: CDFClient,
        model: ModelChoice,
        delivered: String? = nil,
        dataSet: DataSet?,
        files: FileSettings = .init(),
        timeSource: TimeSource,
        listeners: [Doorbell],
        logger: Logger,
        glance: (@Sendable () async -> Bool)? = nil,
        changed: @escaping @Sendable (LinkState) -> Void = { _ in }
    ) {
        self.changed = changed
        self.glance = glance ?? { await client.acceptsConnections() }
        self.client = client
        self.model = model
        self.delivered = Mutex(delivered)
        self.dataSet = dataSet
        self.files = files
        self.timeSource = timeSource
        self.listeners = listeners
        self.logger = logger
    }

    package var state: LinkState { current.withLock { $0 } }

    /// A request for one station found the link apparently broken: nothing is sent until a probe gets through.
    ///
    /// - Returns: False where other stations get through and only this one's requests break the link, repeatedly: the fault
    ///   is then the station's own (its size, its ids, a firewall that blocks it), and must not stop the others.
    package func lost(_ reason: CDFError, by station: ItemNumber) -> Bool {
        // If another station's request found it broken first, this station is not to blame.
        guard case .ready = state else {
            lost(reason)
            return true
        }
        let isItsOwn = breaks.withLock { breaks in
            var own = breaks.byStation[station] ?? .init(times: 0, passesBefore: breaks.passes)
            own.times += 1
            breaks.byStation[station] = own
            return own.times > Self.tolerance && breaks.passes > own.passesBefore
        }
        guard !isItsOwn else { return false }
        lost(reason)
        return true
    }

    /// A file of the station got through: earlier breaks were the link's.
    package func recordSuccess(of station: ItemNumber) {
        breaks.withLock { breaks in
            breaks.byStation[station] = nil
            breaks.passes += 1
        }
    }

    /// The ledger delivers by this model from now on: no probe chooses another one.
    func recordDelivery(by model: String) { delivered.withLock { $0 = model } }

    /// Whether the ledger is known to deliver by this model.
    func delivers(by model: String) -> Bool { delivered.withLock { $0 == model } }

    /// What the project has come to lack since it was probed; nil if nothing, or if CDF does not tell now.
    ///
    /// For a refused request: a schema or a space may have changed since the last probe, and then no item is to blame.
    func newlyLacking() async -> CDFError? {
        do throws(CDFError) {
            _ = try await prepare()
            return nil
        } catch {
            // A break of the line says nothing about the refusal; the next request finds it.
            return error.remedy == .pauseStage ? error : nil
        }
    }

    /// A request found the link broken: nothing is sent until a probe gets through.
    package func lost(_ reason: CDFError) {
        let now = timeSource.now()
        let (before, after) = current.withLock { state in
            let before = state
            state = state.lost(reason, at: now, probed: false)
            return (before, state)
        }
        if before != after { announce(reason, outage: after) }
        bell.ring()
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            var probed = Date.distantPast
            while !Task.isCancelled {
                var wait: TimeInterval
                switch self.state {
                case .ready: wait = 3600
                case .unknown:
                    await self.probe()
                    probed = self.timeSource.now()
                    continue
                case .down(let outage):
                    let left = outage.nextProbe.timeIntervalSince(self.timeSource.now())
                    // Further ahead than the longest pause: the clock was set back.
                    let longest = max(LinkState.longestPause, outage.reason.retryAfter?.inSeconds ?? 0)
                    if left <= 0 || left > longest {
                        await self.probe()
                        probed = self.timeSource.now()
                        continue
                    }
                    wait = min(left, Self.glancePause)
                    // A host that accepts connections may be back, or be a captive portal: only a probe can tell. If an operator has to act, or
                    // CDF has named a time, a probe gains nothing.
                    let mayHelp = outage.reason.remedy != .pauseStage && outage.reason.retryAfter == nil
                    if left > Self.glancePause, mayHelp, await self.glance() {
                        let since = self.timeSource.now().timeIntervalSince(probed)
                        if since >= LinkState.pause(inOutageOf: 0) || since < 0 {
                            await self.probe()
                            probed = self.timeSource.now()
                            continue
                        }
                        wait = min(wait, LinkState.pause(inOutageOf: 0) - since)
                    }
                }
                await self.bell.wait(
                    atMost: .milliseconds(Int64(wait * 1000) + 1),
                    sleep: self.timeSource.sleep
                )
            }
        }
    }

    /// How often, in a long outage, a connection to CDF is tried; if one opens, CDF is probed immediately.
    private static let glancePause: TimeInterval = 20

    /// Checks once that CDF has everything that drop360 needs.
    package func probe() async {
        do throws(CDFError) {
            let project = try await prepare()
            let before = current.withLock { state in
                defer { state = .ready(project) }
                return state
            }
            if case .down(let outage) = before {
                client.pace.restart()
                logger.notice(
                    "CDF can be reached again",
                    metadata: ["offline.seconds": "\(Int(timeSource.now().timeIntervalSince(outage.since)))"]
                )
            } else {
                logger.info(
                    "CDF is ready",
                    metadata: ["cdf.host": "\(client.settings.host)", "cdf.project": "\(client.settings.project)"]
                )
            }
            if let words = project.ineffectiveFileSettings { logger.notice("\(words)") }
            changed(.ready(project))
            for listener in listeners { listener.ring() }
        } catch {
            guard error != .interrupted else { return }
            let now = timeSource.now()
            let (before, after) = current.withLock { state in
                let before = state
                state = state.lost(error, at: now, probed: true)
                return (before, state)
            }
            if case .down(let outage) = before, outage.reason == error { return }
            announce(error, outage: after)
        }
    }

    private func announce(_ reason: CDFError, outage: LinkState) {
        let level: Logger.Level = reason.remedy == .pauseStage ? .error : .notice
        logger.log(level: level, "offline: nothing can be delivered", metadata: ["reason": "\(reason)"])
        changed(outage)
    }

    /// Checks that CDF has everything that drop360 needs, without changing the link's state.
    package func prepare() async throws(CDFError) -> PreparedProject {
        let chosen = try await model.resolved(by: client, delivered: delivered.withLock { $0 })
        let model = chosen.model
        guard try await client.hasSpace(model.space) else {
            throw .projectLacks(
                "Project \(client.settings.project) lacks space '\(model.space)', or drop360 may not read it.",
                advice:
                    "Create the space, or set `target.space`, and give drop360's group dataModelsAcl:READ and dataModelInstancesAcl:READ,WRITE on it."
            )
        }
        return PreparedProject(
            model: model,
            reason: chosen.reason,
            dataSetID: try await dataSetNumber(),
            files: try await usableFiles(model)
        )
    }

    /// The number of the data set; nil where none is configured.
    private func dataSetNumber() async throws(CDFError) -> Int64? {
        switch dataSet {
        case nil: return nil
        case .id(let id): return id
        case .externalID(let name):
            if let id = try await client.dataSetID(externalID: name) { return id }
            throw .projectLacks(
                "Project \(client.settings.project) lacks data set '\(printable(name))', or drop360 may not read it.",
                advice:
                    "Create the data set, or set `cognite.data-set`, and give drop360's group datasetsAcl:READ on it."
            )
        }
    }

    /// The settings of all files, once the labels that images' files would get exist: CDF refuses files with others.
    private func usableFiles(_ model: any WireModel) async throws(CDFError) -> FileSettings {
        guard model.filesAreEntries else { return files }
        let missing = try await client.missingLabels(files.labels)
        guard missing.isEmpty else {
            let names = missing.map { "'\(printable($0))'" }.joined(separator: ", ")
            throw .projectLacks(
                "Project \(client.settings.project) lacks label \(names), or drop360 may not read it.",
                advice:
                    "Create it, or correct `cognite.files.labels`, and give drop360's group labelsAcl:READ on the labels' data set."
            )
        }
        return files
    }
}
