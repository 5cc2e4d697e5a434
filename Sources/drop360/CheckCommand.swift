import ArgumentParser
import ConfigFile
import DropFolder
import Foundation
import Inspection
import Settings
import Station

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Inspect stations and E57 files offline, with the daemon's own code. Nothing is sent or changed.",
        discussion: "Exit code 0 where every station found would be accepted, else 1."
    )

    @Argument(help: "Station folders, folders that hold stations at any depth, or E57 files.")
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
            var clouds: [PointCloudCheck.Report] = []
            var troubles: [String] = []
            var drawn: [ContactSheet.Item] = []
            for path in paths {
                if CheckPlace.isPointCloud(path), !isFolder(path) {
                    clouds.append(await look(atPointCloud: absolute(path)))
                    continue
                }
                let place = CheckPlace(path: absolute(path), configuration: configuration)
                let listing = await place.stations()
                troubles += listing.troubles.map(\.description)
                for cloud in listing.pointClouds { clouds.append(await look(atPointCloud: cloud)) }
                let holdsNothing =
                    listing.snapshots.isEmpty && listing.hindrances.isEmpty && listing.pointClouds.isEmpty
                if holdsNothing, listing.troubles.isEmpty {
                    troubles.append("\(printable(path)) holds no station: no face image and no pose.json below it.")
                }
                for snapshot in listing.snapshots {
                    let report = await inspector.inspect(snapshot, rules: place.rules)
                    // The station above speaks for it.
                    if case .partOf = report.verdict, snapshot.path != place.start { continue }
                    let station = CheckedStation(path: snapshot.absolutePath, report: report)
                    found.append(station)
                    drawn.append(.init(root: snapshot.inbox, report: report))
                    if !json, !requests, !fixNames { show(station.text(colours: Self.showsColours)) }
                }
                for hindrance in listing.hindrances {
                    let station = CheckedStation(path: hindrance.inbox + "/" + hindrance.path, report: hindrance.report)
                    found.append(station)
                    if !json, !requests, !fixNames { show(station.text(colours: Self.showsColours)) }
                }
            }
            await inspector.shutdown()
            if fixNames {
                for station in found { show(Self.script(for: station)) }
            } else if requests {
                show(try PlannedRequests.json(of: found, configuration: configuration))
            } else if json {
                let facts = Facts(stations: found.map(\.facts), pointClouds: clouds.isEmpty ? nil : clouds.map(\.facts))
                show(String(decoding: try JSONEncoder.sorted.encode(facts), as: UTF8.self))
            } else {
                if !found.isEmpty || clouds.isEmpty { show(Self.summary(of: found)) }
            }
            if let sheet { try await Self.draw(drawn, to: sheet) }
            for trouble in troubles { Exit.say(trouble) }
            guard troubles.isEmpty, found.allSatisfy(\.isAccepted), clouds.allSatisfy(\.problems.isEmpty) else {
                throw Exit.refused
            }
        } catch {
            throw Exit.code(for: error)
        }
    }

    private struct Facts: Encodable {
        var stations: [CheckedStation.Facts]
        /// Absent where no E57 file was looked at.
        var pointClouds: [PointCloudCheck.Report.Facts]?
    }

    /// Checks one E57 file, with a line that grows on a terminal, and says what came of it unless facts are wanted.
    private func look(atPointCloud path: String) async -> PointCloudCheck.Report {
        let report = await withCheckedContinuation { continuation in
            // Reading blocks.
            Thread.detachNewThread {
                let shows = isatty(STDERR_FILENO) == 1
                let report = PointCloudCheck(path: path).report { done, size in
                    guard shows, done % (64 << 20) == 0 else { return }
                    put("\r\(done >> 20) of \(size >> 20) MiB looked at ", to: STDERR_FILENO)
                }
                if shows { put("\r\u{1b}[K", to: STDERR_FILENO) }
                continuation.resume(returning: report)
            }
        }
        if !json, !requests, !fixNames { show(report.text(colours: Self.showsColours)) }
        return report
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
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
        case .apart: return "# \(path): the faces do not meet in any order; export them again"
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
