import Foundation
import Ledger
import Station
import Status

extension WatchPicture {
    /// One line that changes only when something has happened.
    var line: String {
        ([condition] + counts).joined(separator: " · ")
    }

    /// Of the states that have items.
    private var counts: [String] {
        ItemState.Name.allCases.compactMap { name in
            status.counts[name.rawValue].flatMap { $0 > 0 ? "\($0) \(name.rawValue)" : nil }
        }
    }

    private var condition: String {
        if !status.running { return "daemon not running" }
        if let since = status.pausedSince { return "paused since \(since.formatted(.iso8601))" }
        if status.online { return "online" }
        guard let since = status.offlineSince else { return "connecting to CDF" }
        return "offline since \(since.formatted(.iso8601))"
    }

    /// The picture for a terminal; each line is cut to its width, and there are no more lines than fit.
    ///
    /// - Parameters:
    ///   - size: In characters.
    ///   - now: For the title.
    func screen(_ size: TerminalSize, at now: Date) -> [String] {
        var lines = ["drop360 · \(now.formatted(.iso8601)) · \(condition)"]
        if !status.running { lines.append("No daemon is running: sudo systemctl start drop360") }
        if !status.online, status.running, let reason = status.offlineReason { lines.append(printable(reason)) }
        lines.append("")
        lines.append(counts.isEmpty ? "Nothing in the ledger yet." : counts.joined(separator: " · "))
        if let sending = status.sending { lines.append(sending.words) }
        for inbox in status.inboxes where status.running && !inbox.available {
            lines.append("inbox \(printable(inbox.path)): \(printable(inbox.words))")
        }
        if !transfers.isEmpty { lines.append("") }
        lines += transfers.prefix(max(1, size.rows / 3)).map { bar($0, width: size.columns) }
        if !open.isEmpty {
            lines += ["", openCount == 1 ? "Needs attention:" : "Need attention (\(openCount)):"]
            for item in open {
                lines.append(
                    "  \(item.station)  \(item.state.rawValue)  \(printable(item.path))  \(printable(item.words ?? ""))"
                )
            }
            lines.append("  More about one: drop360 explain NUMBER")
        }
        return lines.prefix(max(1, size.rows - 1)).map { String($0.prefix(max(1, size.columns - 1))) }
    }

    /// `[######····]  60 %  12.0 MB of 20.0 MB  site-a/north-01`.
    private func bar(_ transfer: LedgerTransfer, width: Int) -> String {
        let share = transfer.total > 0 ? min(1, Double(max(0, transfer.sent)) / Double(transfer.total)) : 0
        let cells = min(20, max(5, width / 5))
        let full = Int(share * Double(cells))
        let bar = String(repeating: "#", count: full) + String(repeating: "·", count: cells - full)
        let percent = "\(Int(share * 100))"
        let padding = String(repeating: " ", count: max(0, 3 - percent.count))
        let amount = "\(StoryWords.bytes(transfer.sent)) of \(StoryWords.bytes(transfer.total))"
        return "[\(bar)] \(padding)\(percent) %  \(amount)  \(printable(transfer.path))"
    }
}
