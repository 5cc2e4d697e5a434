package import Foundation
package import Station

/// What the daemon is doing, as the status page, `/status.json` and `drop360 status --json` show it.
package struct DaemonStatus: Codable, Sendable {
    /// One inbox and whether it can be read.
    package struct Inbox: Codable, Sendable, Equatable {
        package var path: String
        package var available: Bool
        /// Why it is not available.
        package var reason: String?
        /// `inotify`, or `poll` where it is listed every few seconds; nil where that is not known yet.
        package var detection: String?
        /// Folders below it that were mounted and no longer are; their stations wait.
        package var unmounted: [String]?
        /// Why the daemon can write no reports in it, and what to do; nil where it can.
        package var reportsTrouble: String?
        /// The seconds after which what is incomplete gets a report; nil from an older daemon, and where there are no reports.
        package var reportAfter: Double?

        package init(
            path: String,
            available: Bool,
            reason: String? = nil,
            detection: String? = nil,
            unmounted: [String]? = nil,
            reportsTrouble: String? = nil,
            reportAfter: Double? = nil
        ) {
            self.path = path
            self.available = available
            self.reason = reason
            self.detection = detection
            self.unmounted = unmounted
            self.reportsTrouble = reportsTrouble
            self.reportAfter = reportAfter
        }

        /// The state of the inbox, in words.
        package var words: String {
            guard available else { return reason ?? "not available" }
            let how = detection == "poll" ? "listed every few seconds" : "watched"
            guard let unmounted, !unmounted.isEmpty else { return how }
            return "\(how); not mounted, so its stations wait: \(unmounted.joined(separator: ", "))"
        }
    }

    /// Reports that could not be written where they belong.
    package struct ReportsElsewhere: Codable, Sendable, Equatable {
        package var inbox: String
        /// The folder that holds them, or the folders with them.
        package var folder: String
        package var count: Int

        package init(inbox: String, folder: String, count: Int) {
            self.inbox = inbox
            self.folder = folder
            self.count = count
        }

        /// Where they are, in words.
        package var words: String {
            "\(count) \(count == 1 ? "report" : "reports") of \(inbox) could not be written beside the stations: "
                + (folder == inbox ? "in the inbox's top folder." : "below \(folder).")
        }
    }

    /// One station being sent, in bytes.
    package struct Transfer: Codable, Sendable {
        package var station: Int64
        package var path: String
        package var total: Int64
        package var sent: Int64

        package init(station: Int64, path: String, total: Int64, sent: Int64) {
            self.station = station
            self.path = path
            self.total = total
            self.sent = sent
        }
    }

    /// One E57 file being checked, in bytes.
    package struct Check: Codable, Sendable, Equatable {
        package var path: String
        package var total: Int64
        package var done: Int64

        package init(path: String, total: Int64, done: Int64) {
            self.path = path
            self.total = total
            self.done = done
        }

        package var percent: Int { total > 0 ? Int(Double(max(0, done)) / Double(total) * 100) : 0 }
    }

    /// The scan whose positions are being read.
    package struct Reading: Codable, Sendable, Equatable {
        package var scan: Int64
        package var path: String
        /// From 1.
        package var position: Int
        package var count: Int

        package init(scan: Int64, path: String, position: Int, count: Int) {
            self.scan = scan
            self.path = path
            self.position = position
            self.count = count
        }

        /// One line for people.
        package var words: String { "reading \(path): position \(position) of \(count)" }
    }

    /// The free space of one place where drop360 works.
    package struct Disk: Codable, Sendable, Equatable {
        package var path: String
        /// Bytes.
        package var free: UInt64

        package init(path: String, free: UInt64) {
            self.path = path
            self.free = free
        }

        /// One line for people.
        package var words: String { "\(Int64(clamping: free).formatted(.byteCount(style: .file))) free" }
    }

    /// The data model of CDF that stations are delivered by.
    package struct Model: Codable, Sendable, Equatable {
        /// As in the configuration's `target.model`.
        package var name: String
        /// Why it is this one, in words.
        package var reason: String

        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    package var version: String
    /// Whether a daemon holds the ledger.
    package var running: Bool
    package var pid: Int32?
    package var startedAt: Date?
    /// Stations by state; every state is included.
    package var counts: [String: Int]
    /// Whether CDF could be reached when it was last needed; false also before the first answer.
    package var online: Bool
    /// Since when it has been online; nil from an older daemon, and while offline.
    package var onlineSince: Date?
    package var offlineSince: Date?
    package var offlineReason: String?
    /// When CDF is tried again; nil while it is online, and from an older daemon.
    package var nextProbe: Date?
    /// While CDF cannot be reached, the last one known; nil as long as nothing has been delivered and CDF has not been reached.
    package var model: Model?
    /// Whether an operator has paused it.
    package var paused: Bool
    package var pausedSince: Date?
    /// The current limit in bytes per second; nil for no limit, and from commands, which do not know it.
    package var rateLimit: Int64?
    /// When the timetable changes the limit; nil where it does not, and from commands, which do not know it.
    package var nextRateLimit: NextRateLimit?
    package var inboxes: [Inbox]
    /// How stations are found; nil before the daemon has recorded it.
    package var detection: Detection?
    /// Why the status page cannot be seen, and what to do; nil if all is well, and from an older daemon.
    package var pageTrouble: String?
    package var reportsElsewhere: [ReportsElsewhere]
    /// Those near the number of images that the viewer loads, or beyond it; nil where there are none.
    package var largeCollections: [LargeCollection]?
    package var transfers: [Transfer]
    /// Nil from an older daemon.
    package var checks: [Check]?
    /// What has work and has made no progress for minutes, in words; nil from commands, which do not know it.
    package var stalled: [String]?
    /// Nil where none is being read, and from commands, which do not know it.
    package var reading: Reading?
    /// When the next upload is tried again, if none is due before; nil from an older daemon.
    package var nextSending: Date?
    /// Nil where nothing is to be sent.
    package var sending: Sending?
    /// Bytes sent to the network since the start.
    package var bytesSent: Int64
    /// Nil from an older daemon.
    package var work: Work?
    /// Free bytes of the state directory and the inboxes; nil from commands, which do not ask.
    package var disks: [Disk]?
    /// The stations that changed last.
    package var recent: [StationSummary]

    package init(
        version: String,
        running: Bool,
        pid: Int32?,
        startedAt: Date?,
        counts: [ItemState.Name: Int],
        online: Bool,
        offlineSince: Date?,
        offlineReason: String?,
        pausedSince: Date?,
        inboxes: [Inbox],
        detection: Detection?,
        transfers: [Transfer],
        bytesSent: Int64,
        recent: [StationSummary],
        onlineSince: Date? = nil,
        model: Model? = nil,
        reportsElsewhere: [ReportsElsewhere] = [],
        largeCollections: [LargeCollection]? = nil
    ) {
        self.model = model
        self.version = version
        self.running = running
        self.pid = pid
        self.startedAt = startedAt
        self.counts = Dictionary(uniqueKeysWithValues: counts.map { ($0.rawValue, $1) })
        self.online = online
        self.offlineSince = offlineSince
        self.offlineReason = offlineReason
        self.pausedSince = pausedSince
        paused = pausedSince != nil
        self.inboxes = inboxes
        self.detection = detection
        self.transfers = transfers
        self.bytesSent = bytesSent
        self.recent = recent
        self.onlineSince = onlineSince
        self.reportsElsewhere = reportsElsewhere
        self.largeCollections = largeCollections
    }
}
