import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct LedgerPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove old records that drop360 no longer needs.",
        discussion: """
            Removed are: folders and files that were never delivered and are gone; contents that were replaced in CDF; and the steps between, \
            such as attempts. What was delivered, its ids, digests and files, and who replaced or retracted it stays for ever, since by it drop360 \
            recognises what it has delivered. `drop360 export` first keeps the whole list. A running daemon goes on meanwhile. The file becomes smaller \
            by `drop360 ledger compact`.
            """
    )

    @Option(help: "Only what ended so long ago: 2y, 18mo, 26w or 400d; at least 30 days.")
    var older: AgeOption

    @Flag(help: "Only say what would be removed.")
    var dryRun = false

    @OptionGroup var options: LedgerOptions

    private struct Facts: Encodable {
        var before: Date
        var dryRun: Bool
        var items: Int
        var contents: Int
        var steps: Int
    }

    func run() async throws {
        let cutoff = older.date(before: Date())
        try await options.withLedger { ledger, _ in
            let pruned = try await LedgerCommand.withProgress { progress in
                try await ledger.prune(before: cutoff, dryRun: dryRun) { item, last in
                    progress("\(item) of \(last) items looked at")
                }
            }
            if options.json {
                let facts = Facts(
                    before: cutoff,
                    dryRun: dryRun,
                    items: pruned.items,
                    contents: pruned.contents,
                    steps: pruned.steps
                )
                show(String(decoding: try JSONEncoder.facts.encode(facts), as: UTF8.self))
                return
            }
            let day = cutoff.formatted(.iso8601.year().month().day())
            guard !pruned.isEmpty else { return show("There is nothing to remove from before \(day).") }
            show(
                """
                From before \(day)\(dryRun ? ", to be removed" : ", removed"):
                  \(pruned.items) items that were never delivered and are gone
                  \(pruned.contents) contents that were replaced in CDF
                  \(pruned.steps) steps between
                \(dryRun ? "Nothing was changed." : "`drop360 ledger compact` gives the space back, once the daemon is stopped.")
                """
            )
        }
    }
}
