import CDF
import Foundation
package import Ledger
import Logging
import ServiceLifecycle
import Station
import Synchronization

/// Runs one ``Stage`` over everything that is due, until told to shut down.
package final class StageRunner<S: Stage>: Service {
    private let stage: S
    private let setting: DeliverySetting
    private let bell: Doorbell
    private let busy = Mutex(false)

    package init(_ stage: S, setting: DeliverySetting, bell: Doorbell) {
        self.stage = stage
        self.setting = setting
        self.bell = bell
    }

    /// Whether something is in work now.
    package var isBusy: Bool { busy.withLock { $0 } }

    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let wait: Duration
                do throws(LedgerError) {
                    try await self.drain()
                    wait = try await self.untilNextDue()
                } catch {
                    wait = try self.judge(error)
                }
                guard !Task.isCancelled else { break }
                await self.bell.wait(atMost: wait, sleep: self.setting.surroundings.sleep)
            }
        }
    }

    /// Works on what is due until nothing is, or the link is down.
    ///
    /// One caller at a time.
    package func drain() async throws(LedgerError) {
        busy.withLock { $0 = true }
        defer { busy.withLock { $0 = false } }
        while !Task.isCancelled, case .ready(let project) = setting.link.state {
            let batches = try await stage.due(at: setting.surroundings.now())
            guard !batches.isEmpty else { return }
            if let failure = await work(on: batches, in: project) { throw failure }
        }
    }

    /// Processes the batches, a few at once; none is begun after the link broke or the ledger failed.
    private func work(on batches: [[StationRecord]], in project: PreparedProject) async -> LedgerError? {
        await withTaskGroup(of: LedgerError?.self) { group in
            var failure: LedgerError?
            var running = 0
            for batch in batches {
                if running == stage.parallelStations {
                    if let finished = await group.next(), let error = finished { failure = error }
                    running -= 1
                }
                guard failure == nil, !Task.isCancelled, case .ready = setting.link.state else { break }
                group.addTask { [stage] in
                    do throws(LedgerError) {
                        try await stage.process(batch, in: project)
                        return nil
                    } catch {
                        guard case .giveUp = error.remedy else { return error }
                        return await self.setAside(batch, because: error)
                    }
                }
                running += 1
            }
            for await finished in group {
                if let error = finished { failure = error }
            }
            return failure
        }
    }

    /// A bug of ours, or a row that makes no sense, must not keep the other stations from being delivered.
    private func setAside(_ stations: [StationRecord], because error: LedgerError) async -> LedgerError? {
        setting.logger.critical(
            "stations are set aside for an hour: this is a bug in drop360",
            metadata: ["stage": "\(S.name)", "stations": "\(stations.map(\.path))", "error": "\(error)"]
        )
        let now = setting.surroundings.now()
        for station in stations {
            do throws(LedgerError) {
                _ = try await setting.ledger.postpone(
                    station.id,
                    digest: station.state.digest,
                    until: now.addingTimeInterval(3600),
                    counts: false,
                    reason: "\(error)",
                    at: now
                )
            } catch { return error }
        }
        return nil
    }

    private func untilNextDue() async throws(LedgerError) -> Duration {
        let now = setting.surroundings.now()
        guard case .ready = setting.link.state,
            let due = try await setting.ledger.nextDue(at: now, exceptIn: setting.lostPlaces())
        else {
            return .seconds(3600)
        }
        let left = due.timeIntervalSince(now)
        // What is due already belongs to the other stage, which rings when it is done.
        return left > 0 ? .milliseconds(Int64(left * 1000) + 1) : .seconds(30)
    }

    /// A ledger that can't be written for now is waited for; anything else ends the daemon.
    private func judge(_ error: LedgerError) throws -> Duration {
        guard case .retry = error.remedy else {
            setting.logger.critical("the ledger cannot be used", metadata: ["stage": "\(S.name)", "error": "\(error)"])
            throw error
        }
        setting.logger.error("the ledger could not be written", metadata: ["stage": "\(S.name)", "error": "\(error)"])
        return .seconds(10)
    }
}
