import CDF
package import Foundation
package import Ledger
import Logging
import Station
import Timing

/// uploaded → registered: confirms the files of all due stations in one request, then writes their nodes, layer by layer,
/// and at last gives their collections a model where they need one.
///
/// Whatever has become due during one call goes into the next; no station waits for a full batch. One call at a time: CDF
/// allows few concurrent writers (contract D).
package struct RegisterStage: Stage {
    package static let name = "register"
    package static let beginsWhileStopping = true
    package static let grace = Duration.seconds(4)
    package let parallelStations = 1
    private let context: DeliveryContext
    private let confirmation: FileConfirmation
    private let writer: NodeWriter
    private let collectionModels: CollectionModels

    /// Six files per station and 1000 ids per request.
    private static let batchSize = 160

    package init(context: DeliveryContext) {
        self.context = context
        confirmation = FileConfirmation(context)
        writer = NodeWriter(context)
        collectionModels = CollectionModels(context)
    }

    package func due(at now: Date, besides inWork: Set<ItemNumber>) async throws(LedgerError) -> [[ItemRecord]] {
        // One batch at a time: none is being processed.
        let stations = try await context.ledger.dueForRegistration(at: now, limit: Self.batchSize)
        // A batch of none: only models of collections are due.
        if stations.isEmpty { return try await collectionModels.isDue(at: now) ? [[]] : [] }
        // Failed stations go in ever smaller batches, so that a station that always makes CDF fail ends up alone.
        return Dictionary(grouping: stations, by: \.attempts).sorted { $0.key < $1.key }.flatMap { attempts, stations in
            let size = max(1, Self.batchSize >> min(2 * attempts, 8))
            return stride(from: 0, to: stations.count, by: size).map { Array(stations[$0...].prefix(size)) }
        }
    }

    package func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        let stations = try await context.ledger.nextDueForRegistration(at: now)
        return [stations, try await collectionModels.nextDue(at: now)].compactMap(\.self).min()
    }

    package func process(_ stations: [ItemRecord], in project: PreparedProject) async throws(LedgerError) {
        guard try await context.mayDeliver(to: project) else { return }
        let model = project.model
        if !stations.isEmpty {
            let confirmed = try await confirmation.confirmed(stations) { model.fileReference($0) }
            for group in [confirmed.filter { !$0.isRewritten }, confirmed.filter(\.isRewritten)] where !group.isEmpty {
                try await register(group, as: model)
            }
        }
        // What gives a collection its model would create one that has just been deleted.
        let settled: Result<Void, LedgerError> = await context.places.occupied {
            do throws(LedgerError) { return .success(try await collectionModels.settle(as: model)) } catch {
                return .failure(error)
            }
        }
        try settled.get()
    }

    // MARK: Registration

    /// Writes the nodes of all stations; if CDF refuses the batch, each half is tried, so that one bad station stops no other.
    ///
    /// - Parameter isPart: Whether they are a part of a refused batch, for which the project was looked at already.
    private func register(
        _ stations: [ItemRecord],
        as model: any WireModel,
        isPart: Bool = false
    ) async throws(LedgerError) {
        do throws(CDFError) {
            try await write(stations, as: model).get()
        } catch let answer {
            let error = isPart ? answer : await context.cause(of: answer)
            guard error.remedy == .giveUp, stations.count > 1 else {
                var givenUp: [Capture] = []
                for station in stations {
                    let isGivenUp = try await context.settle(error, for: station)
                    if isGivenUp, let capture = station.capture { givenUp.append(capture) }
                }
                let refused = givenUp
                if !refused.isEmpty {
                    await context.places.occupied { await writer.removeEmptyPlaces(of: refused, as: model) }
                }
                return
            }
            let half = stations.count / 2
            try await register(Array(stations[..<half]), as: model, isPart: true)
            return try await register(Array(stations[half...]), as: model, isPart: true)
        }
        try await collectionModels.want(for: stations.compactMap(\.capture), as: model)
        for station in stations {
            guard let digest = station.state.digest else { continue }
            let done = try await context.ledger.record(
                .registered(digest),
                for: station.id,
                at: context.timeSource.now()
            )
            context.logger.info(
                "station registered",
                metadata: [
                    "station.path": "\(station.path)", "station.number": "\(station.id)",
                    "image.id": "\(station.capture?.ids.image ?? "-")",
                ]
            )
            context.changed(done)
        }
    }

    /// Stations that are written again have their places.
    private func write(_ stations: [ItemRecord], as model: any WireModel) async -> Result<Void, CDFError> {
        let captures = stations.compactMap(\.capture)
        let (words, hasPlaces) = (words(for: stations), stations.allSatisfy(\.isRewritten))
        return await context.places.occupied {
            do throws(CDFError) {
                return .success(try await writer.write(captures, as: model, of: words, hasPlaces: hasPlaces))
            } catch { return .failure(error) }
        }
    }

    private func words(for stations: [ItemRecord]) -> String {
        stations.count == 1 ? "station \(printable(stations[0].path))" : "\(stations.count) stations"
    }
}
