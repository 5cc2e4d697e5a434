import ArgumentParser
import CDF
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

    func run() async throws {
        do {
            let configuration = try config.map {
                try Configuration.load(path: $0, environment: ProcessInfo.processInfo.environment).configuration
            }
            let inspector = Inspector(threads: 2)
            var found: [CheckedStation] = []
            var troubles: [String] = []
            for path in paths {
                let place = CheckPlace(path: absolute(path), configuration: configuration)
                do {
                    let snapshots = try await place.stations()
                    if snapshots.isEmpty {
                        troubles.append("\(printable(path)) holds no station: no face image and no pose.json below it.")
                    }
                    for snapshot in snapshots {
                        let report = await inspector.inspect(snapshot, rules: place.rules)
                        let station = CheckedStation(path: snapshot.absolutePath, report: report)
                        found.append(station)
                        if !json, !requests { show(station.text) }
                    }
                } catch let error as DropFolderError {
                    troubles.append(error.description)
                }
            }
            await inspector.shutdown()
            if requests {
                show(try PlannedRequests.json(of: found, configuration: configuration))
            } else if json {
                show(String(decoding: try JSONEncoder.sorted.encode(["stations": found.map(\.facts)]), as: UTF8.self))
            } else {
                show(Self.summary(of: found))
            }
            for trouble in troubles { Exit.say(trouble) }
            guard troubles.isEmpty, found.allSatisfy(\.isAccepted) else { throw Exit.refused }
        } catch {
            throw Exit.code(for: error)
        }
    }

    private static func summary(of found: [CheckedStation]) -> String {
        let accepted = found.count { $0.isAccepted }
        return
            "\(found.count) \(found.count == 1 ? "station" : "stations"), \(accepted) accepted, \(found.count - accepted) not."
    }
}

/// Where the stations of one PATH are, and the rules that hold there.
struct CheckPlace {
    let root: String
    /// Below the root; empty means everything below it.
    let start: String
    let rules: InspectionRules

    init(path: String, configuration: Configuration?) {
        let inbox = configuration?.inboxes.first { path == $0.path || path.hasPrefix($0.path + "/") }
        let prefix = configuration?.target.externalIDPrefix ?? ""
        if let inbox {
            root = inbox.path
            start = String(path.dropFirst(inbox.path.count).drop { $0 == "/" })
            rules = inbox.inspectionRules(externalIDPrefix: prefix, now: { Date() })
        } else {
            // The parent is the inbox, so that the station's site comes out as it would in one.
            root = path == "/" ? path : (path as NSString).deletingLastPathComponent
            start = path == "/" ? "" : (path as NSString).lastPathComponent
            var plain = InspectionRules()
            plain.externalIDPrefix = prefix
            rules = plain
        }
    }

    /// Every station at or below the path, in path order.
    func stations() async throws -> [FolderSnapshot] {
        try await withCheckedThrowingContinuation { continuation in
            // Listing blocks; a command has nothing else to do, but the cooperative pool stays free.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try Self.walk(root: root, path: start, rules: rules.ignore, depth: 0) }
                )
            }
        }
    }

    private static func walk(root: String, path: String, rules: IgnoreRules, depth: Int) throws -> [FolderSnapshot] {
        let snapshot = try FolderSnapshot.take(inbox: root, path: path, ignoring: rules)
        var found = snapshot.isStation ? [snapshot] : []
        guard depth < 64 else { return found }
        for folder in snapshot.subfolders {
            found += try walk(
                root: root,
                path: path.isEmpty ? folder.name : path + "/" + folder.name,
                rules: rules,
                depth: depth + 1
            )
        }
        return found
    }
}

extension JSONEncoder {
    static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
