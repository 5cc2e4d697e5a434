import Foundation
import Ledger
import Meters
import Station
import Status

/// What is looked up in the daemon's parts when somebody asks for it.
struct DaemonReadings: Sendable {
    static let build = MetricDeclaration(
        "drop360_build_info",
        .gauge,
        labels: ["version", "machine"],
        help: "Always 1; the version is in the label."
    )
    static let items = MetricDeclaration(
        "drop360_items",
        .gauge,
        labels: ["kind", "state"],
        help: "Items in the ledger, by kind and state."
    )
    static let oldest = MetricDeclaration(
        "drop360_queue_oldest_seconds",
        .gauge,
        help: "How long the longest waiting item on its way has been in its state; 0 where nothing is on its way."
    )
    static let link = MetricDeclaration(
        "drop360_link_up",
        .gauge,
        help: "1 while CDF can be reached and is as configured; 0 while it cannot, and before the first answer."
    )
    static let paused = MetricDeclaration(
        "drop360_paused",
        .gauge,
        help: "1 while an operator has paused deliveries."
    )
    static let stalled = MetricDeclaration(
        "drop360_stalled",
        .gauge,
        labels: ["part"],
        help: "1 where a part of the daemon has made no progress for five minutes though it has work."
    )
    static let page = MetricDeclaration(
        "drop360_page_up",
        .gauge,
        help: "1 while the status page is served; 0 while it cannot be."
    )
    static let inbox = MetricDeclaration(
        "drop360_inbox_available",
        .gauge,
        labels: ["inbox"],
        help: "1 where the inbox can be read, by its path."
    )
    static let watches = MetricDeclaration("drop360_watches", .gauge, help: "inotify watches in use.")
    static let disk = MetricDeclaration(
        "drop360_disk_free_bytes",
        .gauge,
        labels: ["of"],
        help: "What drop360 may still write on the disk of its state directory (of=\"state\") and of each inbox."
    )
    static let declarations = [build, items, oldest, link, paused, stalled, page, inbox, watches, disk]

    var tally: Tally
    var isLinkUp: Bool
    var isPaused: Bool
    var isPageServed: Bool
    var stalls: Set<Stall.Part>
    /// Whether each inbox can be read, by path.
    var inboxes: [String: Bool]
    var watchCount: Int
    /// By `state` or an inbox's path; without those that did not answer.
    var freeBytes: [String: UInt64]

    /// The same as samples, as of a moment.
    func all(at now: Date) -> [Reading] {
        var readings = [
            Reading(Self.build, Release.version, Self.machine, value: 1),
            Reading(Self.oldest, value: max(0, tally.oldestUnderWay.map(now.timeIntervalSince) ?? 0)),
            Reading(Self.link, value: isLinkUp ? 1 : 0),
            Reading(Self.paused, value: isPaused ? 1 : 0),
            Reading(Self.page, value: isPageServed ? 1 : 0),
            Reading(Self.watches, value: Double(watchCount)),
        ]
        for kind in ItemKind.allCases {
            for state in ItemState.Name.allCases {
                let count = tally.counts[kind]?[state] ?? 0
                readings.append(Reading(Self.items, kind.rawValue, state.rawValue, value: Double(count)))
            }
        }
        for part in Stall.Part.allCases {
            readings.append(Reading(Self.stalled, part.rawValue, value: stalls.contains(part) ? 1 : 0))
        }
        for (path, isAvailable) in inboxes {
            readings.append(Reading(Self.inbox, printable(path, limit: 4096), value: isAvailable ? 1 : 0))
        }
        for (place, bytes) in freeBytes {
            readings.append(Reading(Self.disk, printable(place, limit: 4096), value: Double(bytes)))
        }
        return readings
    }

    #if arch(x86_64)
    private static let machine = "x86_64"
    #elseif arch(arm64)
    private static let machine = "arm64"
    #else
    private static let machine = "other"
    #endif
}
