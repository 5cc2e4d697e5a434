import CDF
import Foundation
import Ledger
import Logging
import Station

/// Finds the 3D model that gets a point cloud's revision, or creates it once.
struct ModelResolution: Sendable {
    let step: HandOverStep
    let target: ModelTarget
    let dataSetID: Int64?

    /// CDF's number of the model; recorded before it is returned.
    func number() async throws(HandOverObstacle) -> Int64 {
        switch target {
        case .number(let number):
            guard try await step.reading({ client async throws(CDFError) in try await client.model3D(number) }) != nil
            else {
                throw .final(Self.missing(number))
            }
            try await record(number)
            return number
        case .name(let name):
            if let number = try await oldest(of: name) { return number }
            let intended = try await step.recording { ledger async throws(LedgerError) in
                try await ledger.modelIntent(name)
            }
            try step.expectCertainty(since: intended, "the 3D model may have been created")
            return try await create(name)
        }
    }

    private static func missing(_ number: Int64) -> ItemState.Failure {
        .init(
            summary: "CDF has no 3D model \(number), or drop360 may not read it.",
            advice: "Correct `e57.model-id`, reload drop360 (`systemctl reload drop360`), then run `drop360 retry`."
        )
    }

    private func oldest(of name: String) async throws(HandOverObstacle) -> Int64? {
        let models = try await step.reading { client async throws(CDFError) in
            try await client.models3D(named: name, dataSetID: dataSetID)
        }
        guard let oldest = models.first else { return nil }
        var note: String?
        if models.count > 1 {
            note = "\(models.count) 3D models are called '\(printable(name))'; the oldest, \(oldest.id), is used."
            step.context.logger.notice(
                "several 3D models have this name; the oldest is used",
                metadata: ["model.name": "\(printable(name))", "models": "\(models.map(\.id))"]
            )
        }
        try await record(oldest.id, named: name, note: note)
        return oldest.id
    }

    private func create(_ name: String) async throws(HandOverObstacle) -> Int64 {
        let now = step.now
        try await step.recording { ledger async throws(LedgerError) in try await ledger.recordModelIntent(name, at: now)
        }
        let model: Model3D
        do throws(CDFError) {
            model = try await step.context.client.createModel3D(name: name, dataSetID: dataSetID)
        } catch {
            switch error {
            case .outcomeUnknown: throw step.doubt(error)
            default: throw .cdf(error.keptToItem)
            }
        }
        step.context.board.step()
        step.context.logger.info(
            "3D model created",
            metadata: ["model.name": "\(printable(name))", "model.id": "\(model.id)"]
        )
        try await record(model.id, named: name)
        return model.id
    }

    private func record(_ number: Int64, named name: String? = nil, note: String? = nil) async throws(HandOverObstacle)
    {
        try await step.recording { [digest = step.digest] ledger async throws(LedgerError) in
            try await ledger.recordModel(number, named: name, note: note, for: digest)
        }
    }
}
