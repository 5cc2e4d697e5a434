import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct LedgerCompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Rewrite the ledger without unused space. Stop the daemon first.",
        discussion: """
            Needs twice the ledger's size of free space for a short time. Cut off by a power cut, the ledger is as it was.
            """
    )

    @OptionGroup var options: LedgerOptions

    private struct Facts: Encodable {
        var bytesBefore: Int64
        var bytesAfter: Int64
    }

    func run() async throws {
        do {
            let directory = try LedgerLocation(config: options.config, state: options.stateDir ?? options.state)
                .directory()
            // Never makes one: its files would be of the user who asks.
            try ItemLedger(directory: directory, exclusively: false).close()
            let ledger = try ItemLedger(directory: directory, exclusively: true)
            let (before, after) = try await LedgerCommand.withProgress { progress in
                progress("rewriting the ledger …")
                return try ledger.compact()
            }
            try ledger.close()
            if options.json {
                let facts = Facts(bytesBefore: before, bytesAfter: after)
                show(String(decoding: try JSONEncoder.facts.encode(facts), as: UTF8.self))
            } else {
                show("Ledger compacted: \(LedgerCommand.amount(before)) before, \(LedgerCommand.amount(after)) now.")
            }
        } catch { throw Exit.code(for: error) }
    }
}
