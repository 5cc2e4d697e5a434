import CDF
package import Foundation
package import Ledger
import Logging
import Station
import Timing

/// uploaded → registered: confirms the files of all due stations in one request, then writes their nodes, layer by layer.
///
/// Whatever has become due during one call goes into the next; no station waits for a full batch. One call at a time: CDF
/// allows few concurrent writers (contract D).
package struct RegisterStage: Stage {
    package static let name = "register"
    package static let beginsWhileStopping = true
    package static let grace = Duration.seconds(4)
    package let parallelStations = 1
    private let context: DeliveryContext
    private let writer: NodeWriter

    /// Six files per station and 1000 ids per request.
    private static let batchSize = 160
    /// Files that CDF has not reported as `uploaded`, or not known, for this long are sent again.
    ///
    /// It doubles each time, and the number of times is limited.
    private static let patience: TimeInterval = 15 * 60
    private static let mostResends = 5

    package init(context: DeliveryContext) {
        self.context = context
        writer = NodeWriter(context)
    }

    package func due(at now: Date, besides inWork: Set<ItemNumber>) async throws(LedgerError) -> [[ItemRecord]] {
        // One batch at a time: none is being processed.
        let stations = try await context.ledger.dueForRegistration(at: now, limit: Self.batchSize)
        // Failed stations go in ever smaller batches, so that a station that always makes CDF fail ends up alone.
        return Dictionary(grouping: stations, by: \.attempts).sorted { $0.key < $1.key }.flatMap { attempts, stations in
            let size = max(1, Self.batchSize >> min(2 * attempts, 8))
            return stride(from: 0, to: stations.count, by: size).map { Array(stations[$0...].prefix(size)) }
        }
    }

    package func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        try await context.ledger.nextDueForRegistration(at: now)
    }

    package func process(_ stations: [ItemRecord], in project: PreparedProject) async throws(LedgerError) {
        let confirmed = try await confirm(stations, as: project.model)
        if !confirmed.isEmpty { try await register(confirmed, as: project.model) }
    }

    // MARK: Confirmation

    /// Asks CDF whether it holds the files; returns the stations of which it holds all six.
    ///
    /// A refused request is split into halves.
    private func confirm(
        _ stations: [ItemRecord],
        as model: any WireModel
    ) async throws(LedgerError) -> [ItemRecord] {
        var files: [ItemNumber: [FileRecord]] = [:]
        for station in stations { files[station.id] = try await context.ledger.files(of: station.id) }
        let asked = stations.filter { files[$0.id]?.contains { $0.state != .confirmed } ?? true }
        guard !asked.isEmpty else { return stations }
        func reference(_ file: FileRecord) -> FileReference { model.fileReference(file.externalID) }
        let statuses: [FileReference: FileStatus]
        do throws(CDFError) {
            statuses = try await context.client.fileStatuses(asked.flatMap { files[$0.id]?.map(reference) ?? [] })
        } catch {
            if error.remedy == .giveUp, stations.count > 1 {
                let half = stations.count / 2
                return try await confirm(Array(stations[..<half]), as: model)
                    + confirm(Array(stations[half...]), as: model)
            }
            for station in stations { try await context.settle(error, for: station) }
            return []
        }
        context.board.step()
        let now = context.timeSource.now()
        var complete: [ItemNumber: ContentDigest] = [:]
        var ready = stations.filter { station in !asked.contains { $0.id == station.id } }
        for station in asked {
            guard let digest = station.state.digest else { continue }
            let own = files[station.id] ?? []
            // Another file under the same id: not what we sent. One that CDF does not know may only be late, as `uploaded` may be; to
            // send it again immediately might never end.
            var missing = Set(own.filter { isAnother(statuses[reference($0)], than: $0) }.map(\.role))
            let waiting = own.filter { statuses[reference($0)]?.uploaded != true }.map(\.role)
            let waited = now.timeIntervalSince(station.changedAt)
            if waited > Self.patience * Double(1 << min(station.resends, 10)) { missing.formUnion(waiting) }
            if !missing.isEmpty, station.resends >= Self.mostResends {
                let words = "CDF accepted all files \(station.resends + 1) times but never confirmed them."
                try await context.giveUp(
                    .init(
                        summary: words,
                        advice: "Ask CDF's support about the project's file service, then run `drop360 retry`."
                    ),
                    digest,
                    station
                )
            } else if !missing.isEmpty {
                context.logger.notice(
                    "CDF is missing files; sending them again",
                    metadata: ["station.path": "\(station.path)", "faces": "\(missing.map(\.rawValue).sorted())"]
                )
                context.changed(
                    try await context.ledger.recordMissing(missing, of: station.id, digest: digest, at: now)
                )
            } else if !waiting.isEmpty {
                // Half a second at first, then less and less often, as in CDF's own clients.
                let pause = min(max(waited / 2, 0.5), 30)
                _ = try await context.ledger.postpone(
                    station.id,
                    digest: digest,
                    until: now.addingTimeInterval(pause),
                    counts: false,
                    reason: "not uploaded yet",
                    at: now
                )
            } else {
                complete[station.id] = digest
                ready.append(station)
            }
        }
        if !complete.isEmpty { try await context.ledger.recordConfirmed(complete, at: now) }
        return ready
    }

    private func isAnother(_ status: FileStatus?, than file: FileRecord) -> Bool {
        status.map { $0.id != file.receipt?.rawValue } ?? false
    }

    // MARK: Registration

    /// Writes the nodes of all stations; if CDF refuses the batch, each half is tried, so that one bad station stops no other.
    private func register(_ stations: [ItemRecord], as model: any WireModel) async throws(LedgerError) {
        do throws(CDFError) {
            try await writer.write(stations.compactMap(\.capture), as: model, of: words(for: stations))
        } catch {
            guard error.remedy == .giveUp, stations.count > 1 else {
                var givenUp: [Capture] = []
                for station in stations {
                    let isGivenUp = try await context.settle(error, for: station)
                    if isGivenUp, let capture = station.capture { givenUp.append(capture) }
                }
                if !givenUp.isEmpty { await writer.removeEmptyPlaces(of: givenUp, as: model) }
                return
            }
            let half = stations.count / 2
            try await register(Array(stations[..<half]), as: model)
            return try await register(Array(stations[half...]), as: model)
        }
        for station in stations {
            guard let digest = station.state.digest else { continue }
            let done = try await context.ledger.record(
                .registered(digest),
                for: station.id,
                at: context.timeSource.now()
            )
            context.logger.info(
                "station registered",
                metadata: ["station.path": "\(station.path)", "image.id": "\(station.capture?.ids.image ?? "-")"]
            )
            context.changed(done)
        }
    }

    private func words(for stations: [ItemRecord]) -> String {
        stations.count == 1 ? "station \(printable(stations[0].path))" : "\(stations.count) stations"
    }
}
