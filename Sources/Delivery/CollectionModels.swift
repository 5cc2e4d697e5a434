import CDF
import Foundation
import Ledger
import Logging
import Station
import Timing

/// Gives collections the 3D model that they belong to, once their images are written; at most one each.
///
/// Images do not wait for it, and no station fails because of it: the viewer needs no model (decision 0023). Creating one is not idempotent, so
/// that it is written down first, looked for, and only then created.
struct CollectionModels: Sendable {
    private let context: DeliveryContext

    /// For so long after a request that may have created a model, none is created, in seconds: what was created in time can be found then.
    private static let doubt: TimeInterval = 90
    /// How often it is looked for meanwhile, in seconds.
    private static let look: TimeInterval = 15
    private static let batch = 20

    init(_ context: DeliveryContext) { self.context = context }

    /// Whether a collection waits for its model and is due.
    func isDue(at now: Date) async throws(LedgerError) -> Bool {
        try await !context.ledger.dueCollectionModels(at: now, limit: 1).isEmpty
    }

    func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        try await context.ledger.nextDueCollectionModel(at: now)
    }

    /// Records that the collections of `captures` are to have their models; before these count as delivered, so that none is forgotten.
    func want(for captures: [Capture], as model: any WireModel) async throws(LedgerError) {
        let collections = model.collectionModels(of: captures).map(\.collection)
        guard !collections.isEmpty else { return }
        try await context.ledger.wantCollectionModels(
            collections.map { .init(space: $0.space, collection: $0.externalId) },
            at: context.timeSource.now()
        )
    }

    /// Works on every collection that is due, as long as CDF can be reached.
    func settle(as model: any WireModel) async throws(LedgerError) {
        for wanted in try await context.ledger.dueCollectionModels(at: context.timeSource.now(), limit: Self.batch) {
            guard !Task.isCancelled else { return }
            let error = try await settle(wanted, as: model)
            context.board.step()
            // Each of the others would wait as long in vain, and the stations with them.
            if let error, [.offline, .release].contains(error.remedy) { return }
        }
    }

    /// - Returns: What failed; nil if nothing did.
    private func settle(_ wanted: WantedModel, as model: any WireModel) async throws(LedgerError) -> CDFError? {
        let now = context.timeSource.now()
        do throws(Obstacle) {
            guard let next = try await advance(wanted, as: model, at: now) else { return nil }
            try await recording { ledger async throws(LedgerError) in
                try await ledger.postponeCollectionModel(wanted.key, until: next, because: nil)
            }
            return nil
        } catch {
            switch error {
            case .ledger(let error): throw error
            case .cdf(let error):
                try await putOff(wanted, because: error, at: now)
                return error
            }
        }
    }

    /// Takes one collection as far as it goes now; returns when to look again, nil if nothing is left to do.
    private func advance(_ wanted: WantedModel, as model: any WireModel, at now: Date) async throws(Obstacle) -> Date? {
        let collection = NodeReference(space: wanted.key.space, externalId: wanted.key.collection)
        let wish = CollectionModel(of: collection)
        // Written under another model, or in another space than the configuration names now.
        guard model.space == collection.space, model.givesCollectionsModels else { return now + 86_400 }
        switch try await requesting({ client async throws(CDFError) in try await client.state(of: wish) }) {
        case .noCollection, .hasModel:
            try await finish(wanted)
            return nil
        case .lacksModel: break
        }
        // After a failure it is looked for again: another may have taken its place. A lost one is never replaced by a further creation, since
        // a server that does not list them would then get one at each try.
        var found = wanted.attempts == 0 ? wanted.number : nil
        if found == nil {
            let listed = try await requesting { client async throws(CDFError) in try await client.existing(wish) }
            found = listed ?? wanted.number
        }
        if found == nil, let intended = wanted.intendedAt {
            let passed = now.timeIntervalSince(intended)
            // A date in the future comes from a clock that was set back since: it proves nothing.
            if passed >= 0, passed < Self.doubt { return now + min(Self.look, Self.doubt - passed) }
        }
        let number: Int64
        if let found { number = found } else { number = try await create(wish, wanted, at: now) }
        try await recording { ledger async throws(LedgerError) in
            try await ledger.recordCollectionModel(number, of: wanted.key)
        }
        if let relation = model.relation(of: collection, toModel: number) {
            let asked = "the 3D model of collection \(printable(collection.externalId))"
            do throws(CDFError) { _ = try await context.write([relation], asked: asked) } catch { throw .cdf(error) }
        }
        try await finish(wanted)
        context.logger.info(
            "collection has its 3D model",
            metadata: ["collection.id": "\(printable(collection.externalId))", "model.id": "\(number)"]
        )
        return nil
    }

    private func create(_ wish: CollectionModel, _ wanted: WantedModel, at now: Date) async throws(Obstacle) -> Int64 {
        try await recording { ledger async throws(LedgerError) in
            try await ledger.recordCollectionModelIntent(wanted.key, at: now)
        }
        return try await requesting { client async throws(CDFError) in try await client.create(wish) }
    }

    private func finish(_ wanted: WantedModel) async throws(Obstacle) {
        try await recording { [now = context.timeSource.now()] ledger async throws(LedgerError) in
            try await ledger.recordCollectionModelSettled(wanted.key, at: now)
        }
    }

    /// Tries it again later; the first time it says so.
    private func putOff(_ wanted: WantedModel, because error: CDFError, at now: Date) async throws(LedgerError) {
        guard error != .interrupted else { return }
        let isUnknown = if case .outcomeUnknown = error { true } else { false }
        let pause = isUnknown ? Self.look : Self.pauses[min(wanted.attempts, Self.pauses.count - 1)]
        if wanted.attempts == 0, !isUnknown, error.remedy != .offline {
            context.logger.warning(
                "a collection has no 3D model yet: the viewer shows it, but lists of 3D models do not",
                metadata: [
                    "collection.id": "\(printable(wanted.key.collection))", "reason": "\(error.summary)",
                    "advice": "\(Self.advice(on: error))drop360 tries again by itself.",
                ]
            )
        }
        try await context.ledger.postponeCollectionModel(
            wanted.key,
            until: now + max(pause, error.retryAfter?.inSeconds ?? 0),
            because: isUnknown ? nil : error.summary
        )
    }

    private static func advice(on error: CDFError) -> String {
        if case .forbidden = error { "Give drop360's group threedAcl:READ,CREATE. " } else { "" }
    }

    /// After the first, second, … failure, in seconds.
    private static let pauses: [TimeInterval] = [60, 600, 3600, 21_600]

    /// Why a collection's model does not get further now.
    private enum Obstacle: Error {
        case cdf(CDFError)
        case ledger(LedgerError)
    }

    private func requesting<Value>(
        _ work: (CDFClient) async throws(CDFError) -> Value
    ) async throws(Obstacle) -> Value {
        do throws(CDFError) { return try await work(context.client) } catch { throw .cdf(error) }
    }

    private func recording(_ work: (ItemLedger) async throws(LedgerError) -> Void) async throws(Obstacle) {
        do throws(LedgerError) { try await work(context.ledger) } catch { throw .ledger(error) }
    }
}
