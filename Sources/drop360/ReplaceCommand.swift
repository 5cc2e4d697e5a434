import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct ReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract:
            "Let a folder in conflict replace what was delivered before, or a corrected pose count for all visits.",
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

    private func givePose() async throws {
        try await options.withLedger { ledger, _ in
            let record = try await ledger.item(named: ExplainCommand.resolved(path))
            let gift = try await ledger.giveVisitsPose(of: record.id, at: Date())
            if options.json {
                let visits = Visits(
                    station: record.id.rawValue,
                    given: gift.given.map(StationSummary.init),
                    same: gift.same,
                    leftOut: gift.leftOut.map { .init(image: $0.image, reason: $0.reason) }
                )
                show(String(decoding: try JSONEncoder.facts.encode(visits), as: UTF8.self))
            } else {
                for visit in gift.given {
                    let image = printable(visit.capture?.ids.image ?? "")
                    show(
                        "Image \(image) (\(printable(visit.path))) gets the pose of station \(record.id); the daemon writes it now."
                    )
                }
                for (image, reason) in gift.leftOut { show("Image \(printable(image)) keeps its pose: \(reason).") }
                if gift.given.isEmpty, gift.leftOut.isEmpty {
                    show(
                        gift.same == 0
                            ? "Station \(record.id) has no other visits."
                            : "All other visits of station \(record.id) have its pose already."
                    )
                }
            }
            if !gift.leftOut.isEmpty { throw Exit.refused }
        }
    }
}
