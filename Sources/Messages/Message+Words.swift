import Foundation
import Ledger
import Station

/// What messages say to people.
extension Message {
    /// - Parameters:
    ///   - notice: What is to be told.
    ///   - stations: The first of the stations that it is about, as they are now.
    ///   - count: How many stations it is about.
    init(_ notice: Notice, stations: [StationTrouble] = [], count: Int = 0, box: String, at now: Date) {
        (at, self.box, self.count) = (now, box, count)
        self.stations = stations.prefix(Self.mostStations).map(Station.init)
        switch notice {
        case .stations(let cause, _, _):
            event = cause.event
            let reason = self.stations.first?.problems.first?.message ?? ""
            let name = self.stations.first.map { printable($0.path) } ?? ""
            summary = Self.words(cause.event, count: count, first: name, reason: reason)
            advice = Self.advice(cause.event)
        case .offline(let since, let reason):
            event = .offline
            summary =
                "Offline since \(since.formatted(.iso8601)): \(printable(reason, limit: 1000)) "
                + "Stations are still found and checked; drop360 delivers them once CDF can be reached again."
            advice = "Run `drop360 doctor` on \(box)."
        case .recovered(let since):
            event = .recovered
            summary =
                "Online again after \(Self.length(now.timeIntervalSince(since))); the outage began at \(since.formatted(.iso8601)). "
                + "Deliveries continue."
        case .inboxLost(let path, let reason):
            event = .inboxLost
            summary =
                "Inbox \(printable(path)) cannot be read: \(printable(reason, limit: 1000)) Its stations wait; none is given up."
            advice = "Mount it, or check its disk and its rights. drop360 continues by itself."
        case .inboxFound(let path):
            event = .inboxFound
            summary = "Inbox \(printable(path)) can be read again. Deliveries from it continue."
        case .diskLow(let path, let free):
            event = .diskLow
            summary =
                "Only \(free >> 20) MiB are free on the disk of the state directory \(printable(path)). Once it is full, drop360 stops sending, "
                + "because it cannot record what it sends."
            advice = "Free space on that disk of \(box)."
        }
    }

    private static func words(_ event: MessageEvent, count: Int, first: String, reason: String) -> String {
        let many = count > 1
        return switch event {
        case .failed where many:
            "\(count) stations could not be delivered, and drop360 has stopped trying. The first: \(first): \(reason)"
        case .failed: "\(first) could not be delivered, and drop360 has stopped trying: \(reason)"
        case .conflict where many:
            "\(count) stations were refused because their images were delivered from other folders. The first: \(first): \(reason)"
        case _ where many: "\(count) stations were refused. The first: \(first): \(reason)"
        default: "\(first) was refused: \(reason)"
        }
    }

    private static func advice(_ event: MessageEvent) -> String {
        switch event {
        case .failed: "Fix the cause, then run `drop360 retry --failed`."
        case .conflict:
            "Correct the ids in the folder, or, if it is meant to replace the other one, run `drop360 replace` with its path."
        default: "Fix what the report beside the folder says. drop360 checks it again by itself."
        }
    }

    /// A time span in its two largest units: `2 h 5 min`.
    static func length(_ seconds: TimeInterval) -> String {
        let minutes = Int(max(0, seconds) / 60)
        let (days, hours) = (minutes / 1440, minutes / 60 % 24)
        if days > 0 { return "\(days) d \(hours) h" }
        return hours > 0 ? "\(hours) h \(minutes % 60) min" : "\(minutes) min"
    }
}
