import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the audit list: every station with its ids, digests, times, visits and corrections.",
        discussion: """
            Ordered by number, read piece by piece: it needs no more memory for 100,000 stations than for 100, and does not hold up a running \
            daemon.
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, json
    }

    @Option(help: "csv: a line for each content; json: an object for each station.")
    var format: Format?

    @Option(help: "Only what changed since then: 36h, 7d, 2026-05-01 or 2026-05-01T08:00Z.")
    var since: SinceOption?

    @Option(help: ArgumentHelp("Only stations of this site, by its id.", valueName: "id"))
    var site: String?

    @Option(help: ArgumentHelp("Write to this file, which appears when it is complete.", valueName: "file"))
    var output: String?

    @OptionGroup var options: LedgerOptions

    func run() async throws {
        let since = since?.date(before: Date())
        let format = format ?? (options.json ? .json : .csv)
        try await options.withLedger { ledger, _ in
            let output = try ExportOutput(output.map(absolute))
            let list = JSONStream("stations")
            if format == .csv { try output.write(AuditCSV.header) }
            var last: ItemNumber?
            repeat {
                let piece = try await ledger.audit(after: last, site: site, since: since)
                for item in piece.records.map(AuditItem.init) {
                    try output.write(format == .csv ? try AuditCSV.lines(item) : try list.element(item))
                }
                last = piece.last
            } while last != nil
            if format == .json { try output.write(list.end() + "\n") }
            try output.finish()
        }
    }
}
