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
            let records =
                if let station { [try await ledger.item(named: ExplainCommand.resolved(station))] } else {
                    // The first of several with the same content delivers it for the others.
                    try await ledger.items(in: .failed).sorted { $0.id < $1.id }
                }
            var retried: [StationSummary] = []
            var isComplete = true
            for record in records {
                do throws(LedgerError) {
                    retried.append(StationSummary(try await ledger.retry(record.id, at: Date())))
                } catch {
                    // One that cannot be retried is no reason to leave out those after it.
                    guard failed, case .notApplicable = error else { throw error }
                    Exit.printError(error.description)
                    isComplete = false
                }
            }
            if options.json {
                show(String(decoding: try JSONEncoder.facts.encode(["stations": retried]), as: UTF8.self))
            } else {
                for one in retried {
                    let what =
                        switch one.state {
                        case .incomplete: "is inspected again"
                        // Only a scan whose positions need help is retried in this state.
                        case .registered: "stays registered; its other positions are read again"
                        default: "is \(one.state.rawValue) and due now"
                        }
                    show("\(one.kind.title) \(one.station) (\(printable(one.path))) \(what).")
                }
                if records.isEmpty { show("No station has failed.") }
            }
            guard isComplete else { throw Exit.refused }
        }
    }
}
