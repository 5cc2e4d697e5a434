import Foundation
import Status

extension StationStory {
    /// What it is now, what comes next and what can be done, for a terminal.
    var summaryLines: [String] {
        var lines = ["", now]
        if !next.isEmpty { lines += ["", "What comes next:"] + next.map { "  " + $0 } }
        if !canDo.isEmpty { lines += ["", "What you can do:"] }
        for step in canDo { lines += ["  " + step.words] + (step.command.map { ["      " + $0] } ?? []) }
        return lines + [""]
    }

    /// What happened, the oldest first.
    var historyLines: [String] {
        var lines = ["", "History:"]
        for (index, entry) in entries.enumerated() {
            if omitted > 0, index == Self.keptFirst { lines.append("  … \(omitted) more lines …") }
            lines.append("  \(entry.at.formatted(.iso8601))  \(entry.words)")
        }
        return lines
    }
}
