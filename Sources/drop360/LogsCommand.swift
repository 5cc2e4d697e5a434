import ArgumentParser
import Foundation
import Ledger
import Logs
import Station
import Status

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what the ledger and the journal say about one station or file, in order of time.",
        discussion: """
            The ledger's history is always there. The journal's lines are added where drop360 runs under systemd and you may read the journal \
            (root, or a member of group systemd-journal).
            """
    )

    @Argument(help: "A ledger number, a folder or an external id.")
    var station: String

    @Option(help: ArgumentHelp("Read at most this many lines of the journal.", valueName: "count"))
    var lines = 500

    @OptionGroup var options: LedgerOptions

    /// What `--json` prints.
    private struct Output: Encodable {
        struct Line: Encodable {
            var at: Date
            /// `ledger` or `journal`.
            var source: String
            /// Of the journal's lines: syslog's, 0 to 7.
            var priority: Int?
            var message: String
        }
        var station: Int64
        var folder: String
        var lines: [Line]
        /// Why there is nothing of the journal.
        var journalUnreadable: String?
    }

    func validate() throws {
        guard (1...100_000).contains(lines) else { throw ValidationError("--lines takes 1 to 100000.") }
    }

    func run() async throws {
        try await options.withLedger { ledger, directory in
            let record = try await ledger.item(named: ExplainCommand.resolved(station))
            let daemon = try await DaemonStatus.read(
                from: ledger,
                running: ItemLedger.isInUse(directory: directory) ?? true
            )
            let story = StationStory(try await .read(record, from: ledger, daemon: daemon, now: Date()))
            var output = Output(station: record.id.rawValue, folder: record.folder, lines: [])
            output.lines = story.entries.map { .init(at: $0.at, source: "ledger", message: $0.words) }
            do throws(Journal.Unreadable) {
                let found = try await Journal.lines(
                    Journal.arguments(number: record.id.rawValue, path: printable(record.path), most: lines)
                )
                output.lines += found.map {
                    .init(at: $0.at, source: "journal", priority: $0.priority, message: $0.message)
                }
                if found.isEmpty {
                    output.journalUnreadable =
                        "The journal has no lines about it, or you may not read them: sudo drop360 logs \(record.id)"
                }
            } catch {
                output.journalUnreadable = printable(error.description, limit: 1000)
            }
            output.lines.sort { $0.at < $1.at }
            if options.json {
                show(String(decoding: try JSONEncoder.facts.encode(output), as: UTF8.self))
            } else {
                show(Self.text(output, record))
            }
        }
    }

    private static func text(_ output: Output, _ record: ItemRecord) -> String {
        var text = ["\(record.kind.title) \(record.id): \(printable(record.folder))"]
        text += output.lines.map { line in
            "\(line.at.formatted(.iso8601))  \(line.source.padding(toLength: 7, withPad: " ", startingAt: 0))  \(line.message)"
        }
        if let why = output.journalUnreadable {
            text += [
                "", why,
                "Where drop360 was started by hand or in a container, its log is what it printed on standard error.",
            ]
        }
        return text.joined(separator: "\n")
    }
}
