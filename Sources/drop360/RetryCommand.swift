import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Retry a station now, or inspect a rejected one again.",
        discussion: "A running daemon does so within seconds; otherwise it happens at the next start."
    )

    @Argument(help: "A ledger number, a folder or an external id.")
    var station: String?

    @Flag(help: "Retry every station that failed.")
    var failed = false

    @OptionGroup var options: LedgerOptions

    func validate() throws {
        guard (station != nil) != failed else { throw ValidationError("Give one station or --failed.") }
    }

    func run() async throws {
        try await options.withLedger { ledger, _ in
            let action: OperatorAction =
                if let station {
                    .retry(try await ledger.item(named: ExplainCommand.resolved(station)).id.rawValue)
                } else {
                    .retryFailed
                }
            let outcome = try await OperatorActions(ledger).perform(action)
            for words in outcome.leftOut { Exit.printError(words) }
            if options.json {
                let retried = outcome.changed.map(StationSummary.init)
                show(String(decoding: try JSONEncoder.facts.encode(["stations": retried]), as: UTF8.self))
            } else if !outcome.words.isEmpty {
                show(outcome.words)
            }
            guard outcome.leftOut.isEmpty else { throw Exit.refused }
        }
    }
}
