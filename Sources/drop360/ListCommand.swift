import ArgumentParser
import Foundation
import Ledger
import Station
import Status

/// The options of `list`, whose `--state` is a station's state.
struct ListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The state directory, instead of the configuration's.", valueName: "dir"))
    var stateDir: String?

    @Flag(help: "Print the result as JSON.")
    var json = false
}

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the stations and files in the ledger."
    )

    @Option(
        name: .customLong("state"),
        help: ArgumentHelp(
            "Only stations in this state; or the state directory, as for the other commands.",
            valueName: "state"
        )
    )
    var states: [String] = []

    @Option(help: ArgumentHelp("Only stations of this site, by its id.", valueName: "id"))
    var site: String?

    @Option(help: ArgumentHelp("Only stations in this inbox.", valueName: "dir"))
    var inbox: String?

    @Option(help: "Only of this kind: station, pointCloud or scan.")
    var kind: ItemKind?

    @Option(help: ArgumentHelp("Only stations whose path, name or id contains this.", valueName: "text"))
    var search: String?

    @Option(help: "Only what changed since then: 36h, 7d, 2026-05-01 or 2026-05-01T08:00Z.")
    var since: SinceOption?

    @Option(help: ArgumentHelp("At most this many: those that changed last.", valueName: "count"))
    var limit: Int?

    @OptionGroup var options: ListOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    /// Stations that are read at once.
    private static let piece = 200

    func run() async throws {
        let wanted = states.compactMap(ItemState.Name.init(rawValue:))
        let directories = states.filter { ItemState.Name(rawValue: $0) == nil }
        guard wanted.count <= 1, directories.count <= 1 else {
            Exit.printNotice("Give at most one state and one state directory.")
            throw Exit.usage
        }
        var location = LedgerLocation(config: options.config, state: options.stateDir ?? directories.first)
        if let directory = directories.first, !directory.contains("/"),
            !FileManager.default.fileExists(atPath: directory)
        {
            Exit.printNotice(
                "'\(directory)' is not a state. The states are \(ItemState.Name.allCases.map(\.rawValue).joined(separator: ", "))."
            )
            throw Exit.usage
        }
        location.state = location.state.map(absolute)
        let filter = ItemFilter(
            state: wanted.first,
            site: site,
            inbox: inbox.map(absolute),
            kind: kind,
            text: search,
            since: since?.date(before: Date())
        )
        try await location.withLedger { ledger, _ in
            let numbers = try await ledger.numbersByChange(filter, limit: limit ?? .max)
            if options.json {
                try await printJSON(numbers, of: ledger)
            } else {
                try await printLines(numbers.reversed(), of: ledger)
            }
        }
    }

    private func pieces(_ numbers: [ItemNumber]) -> [ArraySlice<ItemNumber>] {
        stride(from: 0, to: numbers.count, by: Self.piece).map { numbers[$0..<min($0 + Self.piece, numbers.count)] }
    }

    private func printJSON(_ numbers: [ItemNumber], of ledger: ItemLedger) async throws {
        let list = JSONStream("stations")
        for piece in pieces(numbers) {
            for station in try await ledger.items(Array(piece)).map(StationSummary.init) {
                show(try list.element(station), terminator: "")
            }
        }
        show(list.end())
    }

    private func printLines(_ numbers: [ItemNumber], of ledger: ItemLedger) async throws {
        for piece in pieces(numbers) {
            let lines = try await ledger.items(Array(piece)).map { Self.line(StationSummary($0)) }
            show(lines.joined(separator: "\n"))
        }
        guard numbers.isEmpty else { return }
        let names = (wantedState.map { ["--state \($0.rawValue)"] } ?? []) + filterNames
        show(names.isEmpty ? "No stations." : "No stations with \(names.joined(separator: ", ")).")
    }

    /// The state among the values of `--state`, which may name a folder, too.
    private var wantedState: ItemState.Name? { states.lazy.compactMap(ItemState.Name.init(rawValue:)).first }

    /// The options that leave something out.
    private var filterNames: [String] {
        [
            site.map { "--site \($0)" }, inbox.map { "--inbox \($0)" }, kind.map { "--kind \($0.rawValue)" },
            search.map { "--search '\($0)'" }, since.map { "--since \($0.text)" },
        ].compactMap(\.self).map { printable($0) }
    }

    private static func line(_ station: StationSummary) -> String {
        let state = station.state.rawValue.padding(toLength: 11, withPad: " ", startingAt: 0)
        let number = String(station.station)
        let pad = String(repeating: " ", count: max(0, 5 - number.count))
        let words = station.words.map { "  " + printable($0, limit: 1000) } ?? ""
        return "\(pad)\(number)  \(state) \(printable(station.path))\(words)"
    }
}

extension ItemKind: ExpressibleByArgument {}
