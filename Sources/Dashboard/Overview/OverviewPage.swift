import Foundation
import Station
import Status

/// The content of the overview, in words; `overview.mustache` lays it out.
///
/// Its members are looked up by name from the template. Text from outside is ``PageText``.
struct OverviewPage {
    struct Inbox {
        var mood: String
        var path: PageText
        var words: PageText
        var reportsTrouble: PageText?
    }

    struct Count {
        var state: String
        var count: Int
        let isNone: Bool
    }

    struct Disk {
        var path: PageText
        var words: PageText
    }

    /// How far something is.
    struct Progress {
        var path: PageText
        var percent: Int
    }

    struct Row {
        var number: Int64
        /// Its absolute path.
        var folder: PageText
        /// Its path below the inbox.
        var path: PageText
        var state: String
        /// What is wrong, or the image's id.
        var words: PageText
        var since: String
    }

    let mood: String
    /// Whether something changes all the time, such as a progress.
    let isMoving: Bool
    /// Whether anything is under way.
    let isWorking: Bool
    /// For the browser's tab.
    let title: String
    let headline: PageText
    let inboxes: [Inbox]
    let reportsElsewhere: [PageText]
    let counts: [Count]
    /// What needs attention, the most urgent first.
    var needs: [Need]
    let needsSomebody: Bool
    let queue: PageText?
    let sending: PageText?
    let lastDelivery: String?
    let throughput: Throughput?
    let disks: [Disk]
    let limits: [PageText]
    /// What is being sent.
    let transfers: [Progress]
    /// What is being inspected and takes long.
    let checks: [Progress]
    /// Which position of a scan is being read.
    let reading: PageText?
    let hasStations: Bool
    let stations: [Row]
    let detection: PageText?
    /// Pause or resume, and what concerns all stations; nil for those who may only look.
    var actions: ActionForms?
    let version: PageText
    let time: String

    /// - Parameters:
    ///   - status: What to show.
    ///   - now: The time of the page.
    init(_ status: DaemonStatus, now: Date) {
        mood = Self.mood(status.online && !status.paused)
        headline = PageText(Self.headline(status))
        title = "Overview"
        isMoving = !status.transfers.isEmpty || status.checks?.isEmpty == false
        inboxes = status.inboxes.map { inbox in
            Inbox(
                mood: Self.mood(inbox.available),
                path: PageText(inbox.path),
                words: PageText(inbox.words),
                reportsTrouble: inbox.reportsTrouble.map { PageText("\(inbox.path): \($0)") }
            )
        }
        reportsElsewhere = status.reportsElsewhere.map { PageText($0.words) }
        counts = ItemState.Name.allCases.map { name in
            let count = status.counts[name.rawValue] ?? 0
            return Count(state: name.rawValue, count: count, isNone: count == 0)
        }
        needs = (status.work?.needsSomebody ?? []).map(Need.init)
        needsSomebody = !needs.isEmpty
        queue = Self.queue(status).map { PageText($0) }
        let words = [status.sending?.words, status.obstacle].compactMap(\.self)
        sending = words.isEmpty ? nil : PageText(words.joined(separator: " "))
        lastDelivery = (status.work?.lastDelivery).map(PageTime.words)
        throughput = status.work.flatMap { Throughput($0.deliveredByHour, now: now) }
        disks = (status.disks ?? []).map { Disk(path: PageText($0.path), words: PageText($0.words)) }
        limits = (status.largeCollections ?? []).map { PageText($0.words) }
        transfers = status.transfers.map { transfer in
            let percent = transfer.total > 0 ? Int(max(0, transfer.sent) * 100 / transfer.total) : 0
            return Progress(path: PageText(transfer.path), percent: percent)
        }
        checks = (status.checks ?? []).map { Progress(path: PageText($0.path), percent: $0.percent) }
        reading = status.reading.map { PageText($0.words) }
        isWorking = queue != nil || sending != nil || reading != nil || isMoving
        stations = status.recent.map { station in
            Row(
                number: station.station,
                folder: PageText(station.inbox + "/" + station.path),
                path: PageText(station.path),
                state: station.state.rawValue,
                words: PageText(station.words ?? station.image ?? ""),
                since: PageTime.bare(station.changedAt)
            )
        }
        hasStations = !stations.isEmpty
        detection = status.detection.map { PageText($0.words) }
        version = PageText(status.version)
        time = PageTime.words(now)
    }

    private static func mood(_ isGood: Bool) -> String { isGood ? "good" : "bad" }

    private static func headline(_ status: DaemonStatus) -> String {
        if let since = status.pausedSince {
            return "Paused since \(PageTime.words(since)): nothing is sent. Run `drop360 resume` to continue."
        }
        if status.online { return ["Connected to CDF.", status.limitWords].compactMap(\.self).joined(separator: " ") }
        if let since = status.offlineSince {
            return "Offline since \(PageTime.words(since)). \(status.offlineReason ?? "")"
        }
        return "Connecting to CDF…"
    }

    private static func queue(_ status: DaemonStatus) -> String? {
        let count = ItemState.Name.underWay.reduce(0) { $0 + (status.counts[$1.rawValue] ?? 0) }
        guard count > 0 else { return nil }
        let oldest = status.work?.oldestUnderWay.map {
            "; the oldest has been waiting since \(PageTime.words($0))"
        }
        return "\(count) under way\(oldest ?? "")."
    }
}
