import CDF
package import Foundation
package import Ledger
import Logging
import Station
import Timing

/// uploaded → registered: confirms the files of all stations at hand in one request, then writes collections and stations, then images.
///
/// Whatever has gathered while the last call was under way goes into the next; nobody waits for a full batch. One call at a time: CDF
/// allows few concurrent writers (contract D).
package struct RegisterStage: Stage {
    package static let name = "register"
    package static let beginsWhileStopping = true
    package static let grace = Duration.seconds(4)
    package let parallelStations = 1
    private let context: DeliveryContext
    private let model: LegacyModel
    private let freshPlaces = FreshPlaces()

    /// Six files each and 1000 ids a request.
    private static let batchSize = 160
    /// Files that CDF does not call `uploaded`, or does not know, for so long are sent again.
    ///
    /// Each time for twice as long, and not for ever.
    private static let patience: TimeInterval = 15 * 60
    private static let mostResends = 5

    package init(context: DeliveryContext, space: String) {
        self.context = context
        model = LegacyModel(space: space)
    }

    package func due(at now: Date, besides inWork: Set<ItemNumber>) async throws(LedgerError) -> [[ItemRecord]] {
        // One batch at a time: there are none in work.
        let stations = try await context.ledger.dueForRegistration(at: now, limit: Self.batchSize)
        // What failed before goes in ever smaller batches, so that a station at which CDF always stumbles ends up alone.
        return Dictionary(grouping: stations, by: \.attempts).sorted { $0.key < $1.key }.flatMap { attempts, stations in
            let size = max(1, Self.batchSize >> min(2 * attempts, 8))
            return stride(from: 0, to: stations.count, by: size).map { Array(stations[$0...].prefix(size)) }
        }
    }

    package func process(_ stations: [ItemRecord], in project: PreparedProject) async throws(LedgerError) {
        let confirmed = try await confirm(stations)
        if !confirmed.isEmpty { try await register(confirmed) }
    }

    // MARK: Confirmation

    /// Asks CDF whether it holds the files; returns the stations of which it holds all six.
    ///
    /// A refused question is asked in halves.
    private func confirm(_ stations: [ItemRecord]) async throws(LedgerError) -> [ItemRecord] {
        var faces: [ItemNumber: [FaceRecord]] = [:]
        for station in stations { faces[station.id] = try await context.ledger.faces(of: station.id) }
        let asked = stations.filter { faces[$0.id]?.contains { $0.state != .confirmed } ?? true }
        guard !asked.isEmpty else { return stations }
        let statuses: [String: FileStatus]
        do throws(CDFError) {
            statuses = try await context.client.fileStatuses(asked.flatMap { faces[$0.id]?.map(\.fileID) ?? [] })
        } catch {
            if error.remedy == .giveUp, stations.count > 1 {
                let half = stations.count / 2
                return try await confirm(Array(stations[..<half])) + confirm(Array(stations[half...]))
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
            let own = faces[station.id] ?? []
            // Another file under the same id: not what we sent. One that CDF does not know may only be late, as `uploaded` is; to
            // send it again at once might go on for ever.
            var missing = Set(own.filter { isAnother(statuses[$0.fileID], than: $0) }.map(\.face))
            let waiting = own.filter { statuses[$0.fileID]?.uploaded != true }.map(\.face)
            let waited = now.timeIntervalSince(station.changedAt)
            if waited > Self.patience * Double(1 << min(station.resends, 10)) { missing.formUnion(waiting) }
            if !missing.isEmpty, station.resends >= Self.mostResends {
                let words = "CDF took all files \(station.resends + 1) times and has never confirmed them."
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
                    "CDF has not got all files; they are sent again",
                    metadata: ["station.path": "\(station.path)", "faces": "\(missing.map(\.rawValue).sorted())"]
                )
                context.changed(
                    try await context.ledger.recordMissing(missing, of: station.id, digest: digest, at: now)
                )
            } else if !waiting.isEmpty {
                // Half a second at first, then ever more slowly, as CDF's own clients do.
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

    private func isAnother(_ status: FileStatus?, than face: FaceRecord) -> Bool {
        status.map { $0.id != face.receipt?.rawValue } ?? false
    }

    // MARK: Registration

    /// Writes the nodes of all stations; where CDF refuses the batch, each half is tried, so that one bad station stops nobody.
    private func register(_ stations: [ItemRecord]) async throws(LedgerError) {
        let captures = stations.compactMap(\.capture)
        do throws(CDFError) {
            let places = try await context.client.apply(
                places(of: captures),
                asked: "the collections and stations of \(words(for: stations))"
            )
            freshPlaces.add(places)
            context.board.step()
            _ = try await context.client.apply(
                Self.unique(captures.map(model.imageNode)),
                asked: "the images of \(words(for: stations))"
            )
            freshPlaces.take(model.places(of: captures))
            context.board.step()
        } catch {
            guard error.remedy == .giveUp, stations.count > 1 else {
                var givenUp: [Capture] = []
                for station in stations {
                    let isGivenUp = try await context.settle(error, for: station)
                    if isGivenUp, let capture = station.capture { givenUp.append(capture) }
                }
                if !givenUp.isEmpty { await removeEmptyPlaces(of: givenUp) }
                return
            }
            let half = stations.count / 2
            try await register(Array(stations[..<half]))
            return try await register(Array(stations[half...]))
        }
        for station in stations {
            guard let digest = station.state.digest else { continue }
            let done = try await context.ledger.record(
                .registered(digest),
                for: station.id,
                at: context.timeSource.now()
            )
            context.logger.info(
                "station is registered",
                metadata: ["station.path": "\(station.path)", "image.id": "\(station.capture?.ids.image ?? "-")"]
            )
            context.changed(done)
        }
    }

    /// Collections first, then stations, each once.
    private func places(of captures: [Capture]) -> [NodeWrite] {
        Self.unique(captures.map(model.collectionNode)) + Self.unique(captures.map(model.stationNode))
    }

    /// CDF refuses a request that names a node twice; the last one counts.
    private static func unique(_ nodes: [NodeWrite]) -> [NodeWrite] {
        var last: [NodeReference: Int] = [:]
        for (index, node) in nodes.enumerated() { last[node.reference] = index }
        return nodes.enumerated().filter { last[$1.reference] == $0 }.map(\.element)
    }

    /// Takes back a collection and station that were made for an image which CDF then refused: the viewer can't load an empty one.
    private func removeEmptyPlaces(of captures: [Capture]) async {
        let candidates = freshPlaces.take(model.places(of: captures))
        var own: [NodeReference] = []
        do throws(CDFError) {
            for (node, origin) in candidates {
                if case .likely = origin, try await context.client.isPointedAt(node, by: LegacyModel.relations) {
                    continue
                }
                own.append(node)
            }
            guard !own.isEmpty else { return }
            try await context.client.deleteNodes(own, asked: "the removal of an empty collection")
        } catch {
            context.logger.error(
                "an empty collection could not be removed; the viewer will not load it",
                metadata: ["collection.ids": "\(candidates.map(\.node.externalId))", "error": "\(error)"]
            )
        }
    }

    private func words(for stations: [ItemRecord]) -> String {
        stations.count == 1 ? "station \(printable(stations[0].path))" : "\(stations.count) stations"
    }
}
