import ArgumentParser
import ConfigFile
import Daemon
import DropFolder
import Foundation
import Inspection
import Station

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Inspect stations offline, with the daemon's own code. Nothing is sent, nothing is changed.",
        discussion: "Exit code 0 where every station found would be accepted, else 1."
    )

    @Argument(help: "Station folders, or folders that hold stations at any depth.")
    var paths: [String]

    @Option(help: ArgumentHelp("The configuration whose rules hold for folders inside its inboxes.", valueName: "file"))
    var config: String?

    @Flag(help: "Print facts as JSON.")
    var json = false

    @Flag(help: "Print the requests that would be sent for the accepted ones.")
    var requests = false

    @Flag(help: "Print shell commands that put swapped, turned or mirrored faces right; nothing is changed.")
    var fixNames = false

    @Option(help: ArgumentHelp("Draw the unfolded cubes of the stations into a PNG file.", valueName: "file"))
    var sheet: String?

    func run() async throws {
        do {
            let configuration = try config.map {
                try Configuration.load(path: $0, environment: ProcessInfo.processInfo.environment).configuration
            }
            let inspector = Inspector(threads: 2)
            var found: [CheckedStation] = []
            var troubles: [String] = []
            var drawn: [ContactSheet.Item] = []
            for path in paths {
                let place = CheckPlace(path: absolute(path), configuration: configuration)
                let listing = await place.stations()
                troubles += listing.troubles.map(\.description)
                if listing.snapshots.isEmpty, listing.troubles.isEmpty {
                    troubles.append("\(printable(path)) holds no station: no face image and no pose.json below it.")
                }
                for snapshot in listing.snapshots {
                    let report = await inspector.inspect(snapshot, rules: place.rules)
                    let station = CheckedStation(path: snapshot.absolutePath, report: report)
                    found.append(station)
                    drawn.append(.init(root: snapshot.inbox, report: report))
                    if !json, !requests, !fixNames { show(station.text(colours: Self.showsColours)) }
                }
            }
            await inspector.shutdown()
            if fixNames {
                for station in found { show(Self.script(for: station)) }
            } else if requests {
                show(try PlannedRequests.json(of: found, configuration: configuration))
            } else if json {
                show(String(decoding: try JSONEncoder.sorted.encode(["stations": found.map(\.facts)]), as: UTF8.self))
            } else {
                show(Self.summary(of: found))
            }
            if let sheet { try await Self.draw(drawn, to: sheet) }
            for trouble in troubles { Exit.say(trouble) }
            guard troubles.isEmpty, found.allSatisfy(\.isAccepted) else { throw Exit.refused }
        } catch {
            throw Exit.code(for: error)
        }
    }

    /// To a terminal, unless https://no-color.org says otherwise.
    private static var showsColours: Bool {
        isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    private static func draw(_ stations: [ContactSheet.Item], to path: String) async throws {
        let file = await withCheckedContinuation { continuation in
            // Decoding blocks.
            Thread.detachNewThread { continuation.resume(returning: ContactSheet.png(of: stations)) }
        }
        guard let file else {
            Exit.say("No sheet was drawn: there is no station to draw.")
            return
        }
        do {
            try Data(file).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            Exit.say("The sheet could not be written to \(printable(path)): \(error.localizedDescription)")
            throw Exit.refused
        }
        let left = stations.count - ContactSheet.limit
        Exit.say("The sheet is in \(printable(path))" + (left > 0 ? ", without the last \(left) stations." : "."))
    }

    /// A piece of shell script for one station; a comment alone where nothing is to be done.
    private static func script(for station: CheckedStation) -> String {
        let path = printable(station.path)
        switch station.report.seams {
        case nil: return "# \(path): not looked at, since it is not whole or `seams` is off"
        case .fit: return "# \(path): the faces fit"
        case .unclear: return "# \(path): the pictures do not tell"
        case .wrong(let arrangement, let alternative):
            let doubt = alternative.map { "\n# or else: \($0.words) (\($0.remedy))" } ?? ""
            guard let commands = station.fix?.commands else {
                return
                    "# \(path): \(arrangement.words)\n# Its folder or a file has invisible characters in its name: rename that first."
            }
            return "# \(path): \(arrangement.words)\(doubt)\n" + commands.joined(separator: "\n")
        }
    }

    private static func summary(of found: [CheckedStation]) -> String {
        let accepted = found.count { $0.isAccepted }
        return
            "\(found.count) \(found.count == 1 ? "station" : "stations"), \(accepted) accepted, \(found.count - accepted) not."
    }
}

extension JSONEncoder {
    static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
