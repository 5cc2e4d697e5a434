import CDF
import ConfigFile
import Delivery
import Foundation
import Ledger
import Logging
import NIOPosix
import ServiceLifecycle
import Station

/// Keeps the reports for the crew in step with the ledger: one file beside each folder that there is something to say about.
final class Reporter: Service {
    /// Where the reports of one inbox go, and how long an incomplete station is waited for before one is written.
    struct Place: Sendable {
        var reports: Configuration.Reports
        var reportAfter: Duration
    }

    private let ledger: StationLedger
    private let places: [String: Place]
    private let stateDirectory: String
    private let surroundings: CDFSurroundings
    private let logger: Logger
    let bell = Doorbell()
    /// Writing files blocks.
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init(
        ledger: StationLedger,
        places: [String: Place],
        stateDirectory: String,
        surroundings: CDFSurroundings,
        logger: Logger
    ) {
        self.ledger = ledger
        self.places = places
        self.stateDirectory = stateDirectory
        self.surroundings = surroundings
        self.logger = logger
    }

    func run() async throws {
        thread.start()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.writeDue()
                await self.bell.wait(atMost: .seconds(30), sleep: self.surroundings.sleep)
            }
        }
        // What changed last before the shutdown is told, too.
        await writeDue()
        try await thread.shutdownGracefully()
    }

    /// Writes every report that is due.
    ///
    /// Returns whether none was left.
    func writeDue() async {
        let shortest = places.values.map(\.reportAfter).min() ?? .seconds(900)
        do {
            while true {
                let now = surroundings.now()
                let due = try await ledger.unreported(
                    incompleteSince: now.addingTimeInterval(-shortest.inSeconds),
                    limit: 100
                )
                let ripe = due.filter { isRipe($0, at: now) }
                guard !ripe.isEmpty else { return }
                for record in ripe { try await write(record) }
                guard ripe.count == 100 else { return }
            }
        } catch {
            logger.error("reports could not be written", metadata: ["error": "\(error)"])
        }
    }

    private func isRipe(_ record: StationRecord, at now: Date) -> Bool {
        guard case .incomplete = record.state, record.report == nil, let place = places[record.inbox] else {
            return true
        }
        return now.timeIntervalSince(record.changedAt) >= place.reportAfter.inSeconds
    }

    private func write(_ record: StationRecord) async throws {
        let original = try await ledger.original(of: record)
        var report = CrewReport(for: record, original: original)
        var revision = record.revision
        if case .incomplete = record.state, !isOld(record) {
            // What was said before is no longer true, and the time for WAITING has not come: it stays due.
            report = nil
            revision -= 1
        }
        guard let place = places[record.inbox], place.reports != .off else {
            return try await ledger.recordReported(record.id, revision: record.revision, report: nil)
        }
        let path = try await put(report, for: record, place: place)
        try await ledger.recordReported(record.id, revision: revision, report: path)
    }

    private func isOld(_ record: StationRecord) -> Bool {
        guard let place = places[record.inbox] else { return false }
        return surroundings.now().timeIntervalSince(record.changedAt) >= place.reportAfter.inSeconds
    }

    private func put(_ report: CrewReport?, for record: StationRecord, place: Place) async throws -> String? {
        var components = record.path.split(separator: "/").map(String.init)
        let station = components.removeLast()
        let parent = components.joined(separator: "/")
        if case .beside = place.reports {
            do {
                return try await thread.runIfActive {
                    try ReportFile(root: record.inbox, parent: parent, station: station).put(report)
                }
            } catch let failure as ReportFile.Failure where failure.isReadOnly {
                // The inbox is not ours to write in: the state directory takes them.
            }
        }
        let root: String =
            if case .directory(let directory) = place.reports { directory } else {
                stateDirectory + "/reports/" + record.inbox.replacingOccurrences(of: "/", with: "_")
            }
        return try await thread.runIfActive {
            try FileManager.default.createDirectory(atPath: root + "/" + parent, withIntermediateDirectories: true)
            return try ReportFile(root: root, parent: parent, station: station).put(report)
        }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
