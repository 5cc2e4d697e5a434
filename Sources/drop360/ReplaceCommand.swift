import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct ReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Let a folder in conflict replace what was delivered before.",
        discussion: "The image in CDF is overwritten under the same ids; the ledger keeps a record of both."
    )

    @Argument(help: "The folder of the station that was rejected as a conflict.")
    var path: String

    @OptionGroup var options: LedgerOptions

    func run() async throws {
        try await options.withLedger { ledger, _ in
            let record = try await ledger.item(named: ExplainCommand.resolved(path))
            let replaced = StationSummary(try await ledger.allowReplacing(record.id, at: Date()))
            if options.json {
                show(String(decoding: try JSONEncoder.facts.encode(replaced), as: UTF8.self))
            } else {
                show(
                    "Station \(replaced.station) (\(printable(replaced.path))) may replace the other one. The daemon inspects it again now."
                )
            }
        }
    }
}
