import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct ReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract:
            "Let a folder in conflict replace what was delivered before, or apply a corrected pose to all visits.",
        discussion: """
            Without options: the image in CDF is overwritten under the same ids; the ledger keeps a record of both. With --with-visits: the images \
            of the station's other visits are written again with the pose of this one; no files are sent.
            """
    )

    @Argument(
        help:
            "The folder of the station that was rejected as a conflict; with --with-visits, of the one with the right pose."
    )
    var path: String

    @Flag(help: "Give all other visits of this registered station its pose.")
    var withVisits = false

    @OptionGroup var options: LedgerOptions

    /// What `--json` prints with `--with-visits`.
    private struct Visits: Encodable {
        struct LeftOut: Encodable {
            var image: String
            var reason: String
        }
        var station: Int64
        var given: [StationSummary]
        var same: Int
        var leftOut: [LeftOut]
    }

    func run() async throws {
        if withVisits { return try await givePose() }
        try await options.withLedger { ledger, directory in
            let record = try await ledger.item(named: ExplainCommand.resolved(path))
            let outcome = try await OperatorActions(ledger, inUseIn: directory).perform(.replace(record.id.rawValue))
            if options.json, let replaced = outcome.changed.first {
                show(String(decoding: try JSONEncoder.facts.encode(StationSummary(replaced)), as: UTF8.self))
            } else {
                show(outcome.words)
            }
        }
    }

    private func givePose() async throws {
        try await options.withLedger { ledger, directory in
            let record = try await ledger.item(named: ExplainCommand.resolved(path))
            guard options.json else {
                let outcome = try await OperatorActions(ledger, inUseIn: directory).perform(
                    .givePose(record.id.rawValue)
                )
                let lines = ([outcome.words] + outcome.leftOut).filter { !$0.isEmpty }
                show(lines.joined(separator: "\n"))
                if !outcome.leftOut.isEmpty { throw Exit.refused }
                return
            }
            let gift = try await ledger.giveVisitsPose(of: record.id, at: Date())
            let visits = Visits(
                station: record.id.rawValue,
                given: gift.given.map(StationSummary.init),
                same: gift.same,
                leftOut: gift.leftOut.map { .init(image: $0.image, reason: $0.reason) }
            )
            show(String(decoding: try JSONEncoder.facts.encode(visits), as: UTF8.self))
            if !gift.leftOut.isEmpty { throw Exit.refused }
        }
    }
}

extension OperatorActions {
    /// What a command asks for; its words tell when it happens.
    init(_ ledger: ItemLedger, inUseIn directory: String) {
        self.init(ledger, isDaemonRunning: ItemLedger.isInUse(directory: directory) != false)
    }
}
