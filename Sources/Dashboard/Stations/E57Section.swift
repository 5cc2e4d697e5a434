import Foundation
import Station
import Status

/// What the page of an E57 file shows beside its state: positions, progress, what CDF makes of it.
///
/// `e57.mustache` lays it out.
struct E57Section {
    struct Fact {
        var name: String
        var value: PageText
    }

    struct Position {
        var number: Int64
        var name: PageText
        var state: String
        var words: PageText?
    }

    struct LogLine {
        var exact: String
        var time: String
        var words: PageText
    }

    let number: Int64
    /// What is being done with the file now; nil if nothing.
    let progress: PageText?
    let isMoving: Bool
    let facts: [Fact]
    /// How many positions in each state.
    let tally: PageText?
    let positions: [Position]
    let hasPositions: Bool
    /// Positions that are not listed, and where they are.
    let omitted: Int?
    let all: String
    let log: [LogLine]
    let hasLog: Bool

    /// Nil for items that are no E57 files.
    ///
    /// - Parameters:
    ///   - summary: The item.
    ///   - scan: Its positions, where drop360 delivers those.
    ///   - cloud: What CDF makes of it, where CDF gets the file.
    ///   - progress: What is being done with the file now.
    init?(_ summary: StationSummary, scan: ScanFacts?, cloud: PointCloudFacts?, progress: String?) {
        guard summary.kind != .station else { return nil }
        number = summary.station
        self.progress = progress.map { PageText($0) }
        isMoving = progress != nil
        facts = cloud.map(Self.facts) ?? []
        tally = scan.flatMap { $0.tally.isEmpty ? nil : PageText($0.tally) }
        positions = (scan?.positions ?? []).map { position in
            Position(
                number: position.station,
                name: PageText(position.name),
                state: position.state.rawValue,
                words: (position.words ?? position.image).map { PageText($0) }
            )
        }
        hasPositions = !positions.isEmpty
        omitted = scan.flatMap { $0.omitted > 0 ? $0.omitted : nil }
        all = StationTableQuery(text: summary.path + "/").address
        log = (cloud?.log ?? []).map { line in
            LogLine(
                exact: line.at.formatted(.iso8601),
                time: PageTime.bare(line.at),
                words: PageText(line.text)
            )
        }
        hasLog = !log.isEmpty
    }

    private static func facts(_ cloud: PointCloudFacts) -> [Fact] {
        let revision = cloud.revision.map { number in
            let attempt = (cloud.attempt ?? 1) > 1 ? ", attempt \(cloud.attempt ?? 1)" : ""
            return "\(number)\(attempt)\(cloud.status.map { ", CDF says \($0)" } ?? "")"
        }
        return [
            ("File in CDF", cloud.fileID + (cloud.receipt.map { ", number \($0)" } ?? "")),
            ("Sent", cloud.fileState), ("Size", "\(cloud.size) bytes"), ("SHA-256", cloud.sha256),
            ("3D model", cloud.model.map { "\($0)" }), ("3D revision", revision), ("Note", cloud.note),
            ("Newer revision", cloud.newerNote),
        ].compactMap { name, value in value.map { Fact(name: name, value: PageText($0)) } }
    }
}
