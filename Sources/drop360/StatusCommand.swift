import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how many stations are in each state, and whether CDF can be reached.",
        discussion: """
            With --watch it stays and shows every change. Where the output is not a terminal, it prints one line for each change; with --json, \
            one JSON object per line.
            """
    )

    @OptionGroup var options: LedgerOptions

    @Flag(help: "Keep showing it until interrupted: what is being sent, how fast, what needs attention.")
    var watch = false

    func run() async throws {
        try await options.withLedger { ledger, directory in
            if watch {
                let source = WatchSource(ledger: ledger) { try Self.isRunning(directory) }
                let watch = StatusWatch(source: source, form: options.json ? .json : .current)
                return try await watch.run()
            }
            let status = try await DaemonStatus.read(from: ledger, running: try Self.isRunning(directory))
            show(options.json ? try json(status) : Self.text(status))
        }
    }

    private static func isRunning(_ directory: String) throws -> Bool {
        guard let inUse = ItemLedger.isInUse(directory: directory) else {
            Exit.printNotice(
                "Cannot tell whether the daemon is running: its lock may not be read. "
                    + "Run this as drop360's user: sudo -u drop360 drop360 status"
            )
            throw Exit.refused
        }
        return inUse
    }

    private func json(_ status: DaemonStatus) throws -> String {
        String(decoding: try JSONEncoder.facts.encode(status), as: UTF8.self)
    }

    private static func text(_ status: DaemonStatus) -> String {
        var lines: [String] = []
        if !status.running {
            lines.append("The daemon is not running.")
        } else if status.online {
            lines.append(
                "The daemon is running (process \(status.pid.map(String.init) ?? "unknown")) and connected to CDF."
            )
        } else if let since = status.offlineSince {
            lines.append("The daemon is running. Offline since \(since.formatted(.iso8601)).")
            if let reason = status.offlineReason { lines.append(printable(reason, limit: 1000)) }
        } else {
            lines.append("The daemon is running and connecting to CDF.")
        }
        if let model = status.model { lines.append("Stations are delivered by `\(model.name)`: \(model.reason).") }
        if let since = status.pausedSince {
            lines.append("Paused since \(since.formatted(.iso8601)). Run `drop360 resume` to continue.")
        }
        if let trouble = status.pageTrouble {
            lines.append("There is no status page: \(printable(trouble, limit: 1000))")
        }
        for inbox in status.inboxes where status.running {
            lines.append(
                "inbox \(printable(inbox.path)): \(printable(inbox.words, limit: 1000))"
            )
        }
        for inbox in status.inboxes where status.running {
            if let error = inbox.reportsTrouble {
                lines.append("inbox \(printable(inbox.path)): \(printable(error, limit: 1000))")
            }
        }
        lines += (status.largeCollections ?? []).map { printable($0.words, limit: 1000) }
        lines += status.reportsElsewhere.map { printable($0.words, limit: 1000) }
        if status.running, let detection = status.detection { lines.append(detection.words) }
        for name in ItemState.Name.allCases {
            let count = status.counts[name.rawValue] ?? 0
            lines.append("\(name.rawValue.padding(toLength: 11, withPad: " ", startingAt: 0)) \(count)")
        }
        return lines.joined(separator: "\n")
    }
}
