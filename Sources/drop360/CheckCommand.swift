import ArgumentParser
import ConfigFile
import DropFolder
import Foundation
import Inspection
import Ledger
import Settings
import Station

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Inspect stations and E57 files offline, with the daemon's own code. Nothing is sent or changed.",
        discussion: "Exits with 0 if every station found would be accepted, otherwise with 1."
    )

    @Argument(help: "Station folders, folders with stations at any depth, or E57 files.")
    var paths: [String]

    @Option(help: ArgumentHelp("The configuration whose rules apply to folders inside its inboxes.", valueName: "file"))
    var config: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: "Print the requests that would be sent for accepted stations.")
    var requests = false

    @Flag(help: "Print shell commands that fix swapped, rotated or mirrored faces; nothing is changed.")
    var fixNames = false

    @Option(help: ArgumentHelp("Write a PNG file that shows each station's unfolded cube.", valueName: "file"))
    var sheet: String?

    func run() async throws {
        do {
            let configuration = try config.map {
                try Configuration.load(path: $0, environment: ProcessInfo.processInfo.environment)
            }
            let inspector = Inspector(threads: 2)
            var found: [CheckedStation] = []
            var files: [CheckedFile] = []
            var errors: [String] = []
            var drawn: [ContactSheet.Item] = []
            var folder: CheckFolder?
            defer { folder?.remove() }
            for path in paths {
                if CheckScope.isPointCloud(path), !isFolder(path) {
                    let scope = CheckScope(path: absolute(path), configuration: configuration)
                    let item = ItemPath(inbox: scope.root, path: scope.start)
                    files.append(try await check(item, scope.rulesForNamedFile, inspector, &folder))
                    continue
                }
                let scope = CheckScope(path: absolute(path), configuration: configuration)
                let listing = await scope.stations()
                errors += listing.errors.map(\.description)
                if let rules = scope.fileRules {
                    for file in listing.files { files.append(try await check(file.item, rules, inspector, &folder)) }
                }
                let isEmpty =
                    listing.snapshots.isEmpty && listing.hindrances.isEmpty && listing.files.isEmpty
                if isEmpty, listing.errors.isEmpty {
                    errors.append("\(printable(path)) contains no station: it has neither face images nor a pose.json.")
                }
                for snapshot in listing.snapshots {
                    let report = await inspector.inspect(snapshot, rules: scope.rules)
                    // Reported with the station above.
                    if case .partOf = report.verdict, snapshot.path != scope.start { continue }
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
                show(try await planned(found + files.flatMap { $0.positions ?? [] }, configuration))
            } else if json {
                let facts = Facts(stations: found.map(\.facts), pointClouds: files.isEmpty ? nil : files.map(\.facts))
                show(String(decoding: try JSONEncoder.sorted.encode(facts), as: UTF8.self))
            } else {
                if !found.isEmpty || files.isEmpty { show(Self.summary(of: found)) }
            }
            if let sheet { try await Self.draw(drawn, to: sheet) }
            for error in errors { Exit.printNotice(error) }
            guard errors.isEmpty, found.allSatisfy(\.isAccepted), files.allSatisfy(\.isAccepted) else {
                throw Exit.refused
            }
        } catch {
            throw Exit.code(for: error)
        }
    }

    /// The requests that would be sent for accepted stations; with the ids that a ledger knows, if the configuration's exists.
    private func planned(_ stations: [CheckedStation], _ configuration: Configuration?) async throws -> String {
        guard let state = configuration?.state, FileManager.default.fileExists(atPath: state + "/ledger.sqlite") else {
            return try await PlannedRequests.json(of: stations, configuration: configuration, ledger: nil)
        }
        let ledger = try ItemLedger(directory: state, exclusively: false) { Exit.printNotice("\($0)") }
        let text = try await PlannedRequests.json(of: stations, configuration: configuration, ledger: ledger)
        try ledger.close()
        return text
    }

    private struct Facts: Encodable {
        var stations: [CheckedStation.Facts]
        /// Absent if no E57 file was checked.
        var pointClouds: [CheckedFile.Facts]?
    }

    /// Checks one E57 file, with a progress line on a terminal, and prints the result unless other output was asked for.
    ///
    /// - Parameter folder: Made for the first file whose positions are read.
    private func check(
        _ item: ItemPath,
        _ rules: FileRules,
        _ inspector: Inspector,
        _ folder: inout CheckFolder?
    ) async throws -> CheckedFile {
        let report = await withCheckedContinuation { continuation in
            // Reading blocks.
            Thread.detachNewThread {
                let report = FileInspection.report(on: item, rules: rules) { done, size in
                    guard done % (64 << 20) == 0 else { return }
                    Self.showProgress("\(done >> 20) of \(size >> 20) MiB checked")
                }
                continuation.resume(returning: report)
            }
        }
        var file = CheckedFile(report: report)
        if case .accepted(.scan) = report.verdict {
            let own = try folder ?? CheckFolder()
            folder = own
            let check = PositionCheck(inspector: inspector, rules: rules, folder: own) { position, count in
                Self.showProgress("position \(position) of \(count)")
            }
            file = await check.file(report)
        }
        Self.showProgress("")
        if !json, !requests, !fixNames { show(file.text(colours: Self.showsColours)) }
        return file
    }

    /// Replaces the last line of a terminal; nothing elsewhere.
    private static func showProgress(_ words: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        put("\r\u{1b}[K" + words, to: STDERR_FILENO)
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// On a terminal, unless `NO_COLOR` is set (https://no-color.org).
    private static var showsColours: Bool {
        isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    private static func draw(_ stations: [ContactSheet.Item], to path: String) async throws {
        let file = await withCheckedContinuation { continuation in
            // Decoding blocks.
            Thread.detachNewThread { continuation.resume(returning: ContactSheet.png(of: stations)) }
        }
        guard let file else {
            Exit.printNotice("No contact sheet was written: there is no station to draw.")
            return
        }
        do {
            try Data(file).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            Exit.printNotice("Cannot write the contact sheet to \(printable(path)): \(error.localizedDescription)")
            throw Exit.refused
        }
        let left = stations.count - ContactSheet.limit
        Exit.printNotice(
            "The contact sheet is in \(printable(path))" + (left > 0 ? ", without the last \(left) stations." : ".")
        )
    }

    /// The shell commands for one station; only a comment if there is nothing to do.
    private static func script(for station: CheckedStation) -> String {
        let path = printable(station.path)
        switch station.report.seams {
        case nil: return "# \(path): seams not checked, because faces are missing or unreadable or `seams` is off"
        case .fit: return "# \(path): the faces fit"
        case .unclear: return "# \(path): the images do not show whether the faces are in the right places"
        case .apart: return "# \(path): the faces do not fit together in any order; export them again"
        case .wrong(let arrangement, let alternative):
            let doubt = alternative.map { "\n# or else: \($0.words) (\($0.remedy))" } ?? ""
            guard let commands = station.fix?.commands else {
                return
                    "# \(path): \(arrangement.words)\n# The folder or a file has invisible characters in its name: rename it first."
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
