import CDF
package import Foundation
package import Ledger
import Logging
import Station
import Timing

/// registered → withdrawn: deletes the image that an operator wants out of CDF, then its files if they are to go, then places that
/// nothing points at any more.
///
/// In this order no reader finds an image without files, or a place that is missing. Each step may be repeated, so that it does not matter where
/// an earlier one was interrupted.
package struct RetractStage: Stage {
    package static let name = "retract"
    package static let beginsWhileStopping = false
    package static let grace = Duration.seconds(4)
    package let parallelStations = 1
    private let context: DeliveryContext

    package init(context: DeliveryContext) { self.context = context }

    package func due(at now: Date, besides inWork: Set<ItemNumber>) async throws(LedgerError) -> [[ItemRecord]] {
        try await context.ledger.dueForRetraction(at: now, limit: 20).map { [$0] }
    }

    package func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        try await context.ledger.nextDueForRetraction(at: now)
    }

    package func process(_ items: [ItemRecord], in project: PreparedProject) async throws(LedgerError) {
        for item in items {
            for retraction in try await context.ledger.retractions(of: item.id, at: context.timeSource.now()) {
                do throws(RetractionObstacle) {
                    try await carryOut(retraction, as: project.model)
                } catch {
                    switch error {
                    case .ledger(let error): throw error
                    case .cdf(let error): try await settle(error, for: retraction, of: item)
                    }
                }
            }
        }
    }

    // MARK: Steps

    private func carryOut(_ retraction: Retraction, as model: any WireModel) async throws(RetractionObstacle) {
        let image = printable(retraction.externalID)
        if !retraction.isImageGone {
            try await ask(retraction) { client throws(CDFError) in
                let nodes = model.images(of: [retraction.capture])
                try await client.deleteNodes(nodes, asked: "the deletion of image \(image)")
            }
            let gone = try await recording { ledger throws(LedgerError) in
                try await ledger.recordImageGone(retraction.externalID, at: context.timeSource.now())
            }
            for record in gone.concerned { context.changed(record) }
            for record in gone.freed { context.lookAgain(record) }
        }
        if retraction.withFiles {
            try await ask(retraction) { client throws(CDFError) in
                let files = Face.allCases.map { model.fileReference(retraction.capture.ids.file($0)) }
                try await client.deleteFiles(files, asked: "the deletion of the files of image \(image)")
            }
        }
        let gone = try await removePlaces(of: retraction, as: model)
        let words = Self.words(for: retraction, gone: gone, as: model)
        // A collection of this id that is made later gets its model again. (Deletions are repeated after an interruption, so that none
        // is missed.)
        let collections =
            gone.contains(retraction.capture.ids.collection) ? model.collectionModels(of: [retraction.capture]) : []
        let record = try await recording { ledger throws(LedgerError) in
            try await ledger.recordRetracted(
                retraction,
                words: words,
                modelsOf: collections.map { .init(space: $0.collection.space, collection: $0.collection.externalId) },
                at: context.timeSource.now()
            )
        }
        context.logger.info(
            "image retracted",
            metadata: [
                "station.path": "\(printable(record.path))", "station.number": "\(record.id)", "image.id": "\(image)",
                "deleted": "\(words)",
            ]
        )
        context.changed(record)
    }

    /// Deletes the places of the image that nothing needs: no image of the ledger, and none of anybody in CDF.
    ///
    /// - Returns: Those deleted now.
    private func removePlaces(
        of retraction: Retraction,
        as model: any WireModel
    ) async throws(RetractionObstacle) -> [String] {
        let outcome: Result<[String], RetractionObstacle> = await context.places.occupied {
            do throws(RetractionObstacle) {
                var gone: [String] = []
                var left = model.places(of: [retraction.capture])
                // One place may be all that points at another.
                while let place = try await firstUnneeded(left, of: retraction, as: model) {
                    left.removeAll { $0 == place }
                    try await ask(retraction) { client throws(CDFError) in
                        let asked = "the deletion of \(printable(place.externalId)), which is empty"
                        try await client.deleteNodes([place], asked: asked)
                    }
                    gone.append(place.externalId)
                }
                return .success(gone)
            } catch { return .failure(error) }
        }
        do { return try outcome.get() } catch { throw error }
    }

    private func firstUnneeded(
        _ places: [NodeReference],
        of retraction: Retraction,
        as model: any WireModel
    ) async throws(RetractionObstacle) -> NodeReference? {
        for place in places {
            let isNeeded = try await recording { ledger throws(LedgerError) in
                try await ledger.needsPlace(place.externalId)
            }
            if isNeeded { continue }
            let isPointedAt = try await ask(retraction) { client throws(CDFError) in
                try await client.isPointedAt(place, by: model.relations)
            }
            if !isPointedAt { return place }
        }
        return nil
    }

    private static func words(for retraction: Retraction, gone: [String], as model: any WireModel) -> String {
        let files = retraction.withFiles ? "its files are deleted" : "its files stay in CDF"
        let places = retraction.capture.ids
        let parts = [("station", places.station), ("collection", places.collection)].map { kind, id in
            "\(kind) \(id) " + (gone.contains(id) ? "was empty and is deleted" : "stays")
        }
        // Deleting it would take a permission that drop360 needs for nothing else.
        let hasModel = gone.contains(places.collection) && !model.collectionModels(of: [retraction.capture]).isEmpty
        return ([files] + parts + (hasModel ? ["the collection's 3D model stays"] : [])).joined(separator: "; ")
    }

    // MARK: Failures

    private func ask<Value: Sendable>(
        _ retraction: Retraction,
        _ work: (CDFClient) async throws(CDFError) -> Value
    ) async throws(RetractionObstacle) -> Value {
        do throws(CDFError) {
            let value = try await work(context.client)
            context.board.step()
            context.link.recordSuccess(of: retraction.item)
            return value
        } catch { throw .cdf(error) }
    }

    private func recording<Value: Sendable>(
        _ work: (ItemLedger) async throws(LedgerError) -> Value
    ) async throws(RetractionObstacle) -> Value {
        do throws(LedgerError) { return try await work(context.ledger) } catch { throw .ledger(error) }
    }

    private func settle(
        _ error: CDFError,
        for retraction: Retraction,
        of item: ItemRecord
    ) async throws(LedgerError) {
        let now = context.timeSource.now()
        switch error.remedy {
        case .release: return
        // Deleting may need permissions that delivering does not: others go on.
        case .pauseStage where error.isForbidden: return try await giveUp(retraction, error)
        case .offline, .pauseStage:
            if context.link.lost(error, by: item.id) {
                return try await context.ledger.postponeRetraction(
                    of: retraction.externalID,
                    until: now.addingTimeInterval(15),
                    counts: false,
                    at: now
                )
            }
        case .retry, .wait: break
        case .giveUp: return try await giveUp(retraction, error)
        }
        let pause = context.schedule.pause(afterAttempts: retraction.attempts + 1, atLeast: error.retryAfter)
        guard let pause else { return try await giveUp(retraction, error) }
        context.logger.notice(
            "an image will be retracted later",
            metadata: ["image.id": "\(printable(retraction.externalID))", "reason": "\(error.summary)"]
        )
        try await context.ledger.postponeRetraction(
            of: retraction.externalID,
            until: now.addingTimeInterval(pause.inSeconds),
            counts: true,
            at: now
        )
    }

    private func giveUp(_ retraction: Retraction, _ error: CDFError) async throws(LedgerError) {
        let command = "drop360 retract \(shellWord(retraction.externalID))\(retraction.withFiles ? " --files" : "")"
        let failure = ItemState.Failure(
            summary: error.isForbidden
                ? error.summary.replacing(" Nothing is sent until this is fixed.", with: "") : error.summary,
            advice: "Fix the cause, then run `\(command)` again."
        )
        let record = try await context.ledger.recordFailedRetraction(retraction, failure, at: context.timeSource.now())
        context.logger.error(
            "an image could not be retracted",
            metadata: [
                "image.id": "\(printable(retraction.externalID))", "reason": "\(failure.summary)",
                "advice": "\(failure.advice ?? "-")",
            ]
        )
        context.changed(record)
    }
}

/// What a step of a retraction met with.
private enum RetractionObstacle: Error {
    case cdf(CDFError)
    case ledger(LedgerError)
}

extension CDFError {
    fileprivate var isForbidden: Bool { if case .forbidden = self { true } else { false } }
}
