import CDF
import Delivery
import Foundation
import Inbox
import Ledger
import Logging
import ServiceLifecycle
import Station
import Status
import Timing

/// Reports the daemon's health to systemd and in the ledger: STATUS, watchdog, and whether CDF can be reached.
///
/// The watchdog is fed only while the scanner takes its turns and busy stages make progress. systemd restarts a daemon that hangs.
final class Pulse: Service {
    /// The signs of life.
    struct Signs: Sendable {
        var scanner: @Sendable () -> ContinuousClock.Instant
        var isBusy: @Sendable () -> Bool
        var steps: @Sendable () -> UInt64
        var link: @Sendable () -> LinkState
        var inboxes: @Sendable () -> [DaemonStatus.Inbox]
        var detection: @Sendable () -> DaemonStatus.Detection
        /// Grows with every change of a station: while it stays the same, the ledger need not be read.
        var changes: @Sendable () -> UInt64
        /// Bytes per second; nil where nothing is being sent.
        var sendingRate: @Sendable () -> Double?
        /// Why the status page cannot be seen; nil if all is well.
        var pageTrouble: @Sendable () -> String? = { nil }
    }

    private let notifier: ServiceNotifier
    private let ledger: ItemLedger
    private let signs: Signs
    /// Rung when there may be something to report.
    private let bell: Doorbell
    private let timeSource: TimeSource
    private let logger: Logger
    private let progress: ProgressCheck

    /// Between two reports when there are many changes.
    private let breath = Duration.seconds(1)

    init(
        notifier: ServiceNotifier,
        ledger: ItemLedger,
        signs: Signs,
        progress: ProgressCheck,
        bell: Doorbell,
        timeSource: TimeSource,
        logger: Logger
    ) {
        self.bell = bell
        self.notifier = notifier
        self.ledger = ledger
        self.signs = signs
        self.progress = progress
        self.timeSource = timeSource
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let interval = min(self.notifier.watchdog.map { $0 / 3 } ?? .seconds(20), .seconds(20))
            var told: [String: String] = [:]
            var counted = Counted()
            while !Task.isCancelled {
                if self.progress.stalls.isEmpty { self.notifier.send("WATCHDOG=1") }
                let toldAt = self.timeSource.now()
                await self.tell(&told, &counted)
                await self.bell.wait(atMost: interval, sleep: self.timeSource.sleep)
                let pause = self.breath - .seconds(self.timeSource.now().timeIntervalSince(toldAt))
                // Ends early only with the task. (A clock that was set back must not make it long.)
                if pause > .zero { try? await self.timeSource.sleep(min(pause, self.breath)) }
            }
        }
    }

    private static let published = [
        "online", "online-since", "offline-since", "offline-reason", "next-probe", "model", "model-reason", "inboxes",
        "detection", "sending-rate", "page-trouble",
    ]

    /// Records the facts that other processes show, where they have changed, and updates the line of `systemctl status`.
    private func tell(_ told: inout [String: String], _ counted: inout Counted) async {
        do {
            let changes = signs.changes()
            if counted.changes != changes {
                counted.counts = try await ledger.counts()
                counted.pausedSince = try await ledger.pausedSince()
                counted.changes = changes
            }
            let counts = counted.counts
            var facts: [String: String] = [:]
            let encoder = JSONEncoder.facts
            facts["inboxes"] = String(decoding: try encoder.encode(signs.inboxes()), as: UTF8.self)
            let detection = signs.detection()
            // Counters that grow by themselves are no reason to write to the disk.
            if counted.detection?.isEquivalent(to: detection) != true {
                counted.detection = detection
                counted.detectionText = String(decoding: try encoder.encode(detection), as: UTF8.self)
            }
            facts["detection"] = counted.detectionText
            counted.rate.take(signs.sendingRate(), at: timeSource.now())
            facts["sending-rate"] = counted.rate.text
            // While CDF cannot be asked, the model is the last one known.
            facts["model"] = told["model"]
            facts["model-reason"] = told["model-reason"]
            if told["model"] == nil, let delivered = try await ledger.deliveredModel() {
                facts["model"] = delivered
                facts["model-reason"] = ChosenModel.Reason.delivered.words
            }
            var line: String
            switch signs.link() {
            case .unknown:
                facts["online"] = "false"
                line = "Connecting to CDF"
            case .ready(let project):
                facts["online"] = "true"
                facts["model"] = project.model.name
                facts["model-reason"] = project.reason.words
                facts["online-since"] =
                    told["online-since"] ?? String(Int64(timeSource.now().timeIntervalSince1970 * 1000))
                line = "Connected"
            case .down(let outage):
                facts["online"] = "false"
                facts["offline-since"] = String(Int64(outage.since.timeIntervalSince1970 * 1000))
                facts["offline-reason"] = outage.reason.description
                facts["next-probe"] = String(Int64(outage.nextProbe.timeIntervalSince1970 * 1000))
                line = "Offline since \(outage.since.formatted(.iso8601)): \(outage.reason.summary)"
            }
            if let since = counted.pausedSince { line = "Paused since \(since.formatted(.iso8601)); \(line)" }
            line += ". " + counts.words
            facts["page-trouble"] = signs.pageTrouble()
            if let words = facts["page-trouble"] {
                line += (counts.words.isEmpty ? "" : ". ") + "No status page: \(words)"
            }
            // At first all of them: a daemon that was killed has left its own values behind.
            var news: [String: String?] = [:]
            for key in Self.published where told.isEmpty || facts[key] != told[key] {
                news[key] = .some(facts[key])
            }
            try await ledger.setDaemonValues(news)
            if told["status"] != line { notifier.send("STATUS=\(line.replacingOccurrences(of: "\n", with: " "))") }
            told = facts
            told["status"] = line
        } catch {
            logger.error("the daemon's status could not be recorded", metadata: ["error": "\(error)"])
        }
    }
}

/// The counts, and after how many changes they were taken; how stations were found when that was last recorded.
private struct Counted {
    var detection: DaemonStatus.Detection?
    var detectionText: String?
    var changes: UInt64?
    var counts: [ItemState.Name: Int] = [:]
    var pausedSince: Date?
    var rate = PublishedRate()
}

extension [ItemState.Name: Int] {
    /// "3 registered, 1 rejected": those that are not zero, by name.
    var words: String {
        filter { $0.value > 0 }.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    }
}
