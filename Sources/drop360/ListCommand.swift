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

    @OptionGroup var options: ListOptions

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
        let json = options.json
        try await location.withLedger { ledger, _ in
            let wanted = wanted.first
            let stations = try await ledger.items(in: wanted).map(StationSummary.init)
            if json {
                show(String(decoding: try JSONEncoder.facts.encode(["stations": stations]), as: UTF8.self))
            } else {
                for station in stations.reversed() {
                    let state = station.state.rawValue.padding(toLength: 11, withPad: " ", startingAt: 0)
                    let number = String(station.station)
                    let pad = String(repeating: " ", count: max(0, 5 - number.count))
                    show(
                        "\(pad)\(number)  \(state) \(printable(station.path))\(station.words.map { "  " + printable($0, limit: 1000) } ?? "")"
                    )
                }
                if stations.isEmpty { show("No stations.") }
            }
        }
    }
}
