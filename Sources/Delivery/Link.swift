package import CDF
import Foundation
package import Ledger
package import Logging
import ServiceLifecycle
package import Station
import Synchronization
package import Timing

/// Keeps the way to CDF: probes it at the start and after a break, and tells the stages when they may work.
package final class Link: Service {
    private let client: CDFClient
    private let model: ModelChoice
    private let dataSet: DataSet?
    private let timeSource: TimeSource
    /// Whether CDF's host takes connections now.
    private let glance: @Sendable () async -> Bool
    private let logger: Logger
    private let current = Mutex<LinkState>(.unknown)
    private let breaks = Mutex(Breaks())
    /// So often a station may break the link while others get through, before it is held against the station.
    private static let tolerance = 3

    /// Who broke a link that had been found whole.
    private struct Breaks {
        struct Own {
            /// In a row.
            var times: Int
            /// What had got through when it began.
            var passesBefore: Int
        }
        var byStation: [ItemNumber: Own] = [:]
        /// Files of any station that got through.
        var passes = 0
    }
    /// Rung when the link's own loop has something to do.
    package let bell = Doorbell()
    /// Rung when the link is ready again.
    private let listeners: [Doorbell]
    private let changed: @Sendable (LinkState) -> Void

    /// - Parameters:
    ///   - client: To the project.
    ///   - model: How the project is written; its space must exist.
    ///   - dataSet: Where the files go.
    ///   - timeSource: The clock.
    ///   - listeners: Whom to wake when deliveries are possible again.
    ///   - logger: For breaks and recoveries.
    ///   - glance: Whether CDF's host takes connections now; nil to try it.
    ///   - changed: Called when the link broke or is ready, with what it is now.
    package init(
        client: CDFClient,
        model: ModelChoice,
        dataSet: DataSet?,
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
        self.dataSet = dataSet
        self.timeSource = timeSource
        self.listeners = listeners
        self.logger = logger
    }

    package var state: LinkState { current.withLock { $0 } }

    /// A request for one station found the link broken, as far as one can tell: nobody sends until a probe gets through.
    ///
    /// - Returns: False where other stations get through and only this one's requests break the link, time and again: the fault
    ///   is then the station's own (its size, its ids, a firewall that does not like it), and must not stop the others.
    package func lost(_ reason: CDFError, by station: ItemNumber) -> Bool {
        // Where another one's request has found it broken, nothing is to be held against this one.
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

    /// Something of the station got through: what broke before was the link.
    package func recordSuccess(of station: ItemNumber) {
        breaks.withLock { breaks in
            breaks.byStation[station] = nil
            breaks.passes += 1
        }
    }

    /// A request found the link broken: nobody sends until a probe gets through.
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
                    // Further away than any pause is long: the clock was put back.
                    let longest = max(LinkState.longestPause, outage.reason.retryAfter?.inSeconds ?? 0)
                    if left <= 0 || left > longest {
                        await self.probe()
                        probed = self.timeSource.now()
                        continue
                    }
                    wait = min(left, Self.glancePause)
                    // Who takes connections may have come back, behind a portal, say: only a probe can tell. Where an operator has to act, or
                    // CDF has named a time, nothing is gained by it.
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

    /// In a long outage, so often it is looked whether a connection to CDF can be had again: then it is probed at once.
    private static let glancePause: TimeInterval = 20

    /// Asks CDF for everything that must be there, once.
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
        logger.log(level: level, "nothing can be delivered at the moment", metadata: ["reason": "\(reason)"])
        changed(outage)
    }

    /// Asks for everything that must be there, and changes nothing of the link's state.
    package func prepare() async throws(CDFError) -> PreparedProject {
        let model = try await model.resolved(by: client)
        guard try await client.hasSpace(model.space) else {
            throw .projectLacks(
                "Project \(client.settings.project) has no space '\(model.space)', or drop360 may not see it.",
                advice:
                    "Create the space, or set `target.space`, and give drop360's group dataModelsAcl:READ and dataModelInstancesAcl:READ,WRITE on it."
            )
        }
        switch dataSet {
        case nil: return PreparedProject(model: model, dataSetID: nil)
        case .id(let id): return PreparedProject(model: model, dataSetID: id)
        case .externalID(let name):
            guard let id = try await client.dataSetID(externalID: name) else {
                throw .projectLacks(
                    "Project \(client.settings.project) has no data set '\(printable(name))', or drop360 may not see it.",
                    advice:
                        "Create the data set, or set `cognite.data-set`, and give drop360's group datasetsAcl:READ on it."
                )
            }
            return PreparedProject(model: model, dataSetID: id)
        }
    }
}
