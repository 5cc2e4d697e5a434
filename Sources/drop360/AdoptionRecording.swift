import CDF
import Foundation
import Ledger
import Station

/// Records in the ledger which folders' images stand in CDF already.
struct AdoptionRecording {
    /// Nil where nothing was delivered, and nothing is to be recorded.
    let ledger: ItemLedger?
    /// The state directory.
    let state: String
    let model: any WireModel
    let standing: StandingCollection
    let rule: PoseDriftRule
    /// Finds out what would happen, and records nothing.
    let isTrial: Bool

    /// Records that an image is a folder's, or why it cannot be.
    func record(
        _ folder: AdoptableFolder,
        _ image: StandingImage,
        _ proof: FolderMatching.Proof,
        in report: inout AdoptionReport
    ) async throws {
        guard let station = image.station, let pose = image.pose else { return }
        let adoption = Adoption(
            location: folder.location,
            stamp: folder.stamp,
            notes: folder.notes,
            capture: folder.capture,
            standing: ExternalIDs(
                standing: image.node.externalId,
                station: station.externalId,
                collection: image.collection.externalId,
                files: image.files.mapValues(\.externalID)
            ),
            receipts: image.files.compactMapValues { file in
                standing.files[file].map { FileReceipt(rawValue: $0.id) }
            }
        )
        if let ledger, !isTrial {
            let loadsAll = model.reading.mostImages == nil
            let claimed = try await ledger.claimModel(model.name, viewerLoadsAll: loadsAll)
            guard claimed == model.name else { throw CDFError.otherModel(delivered: claimed, wanted: model.name) }
        }
        // While a daemon runs, it may begin to send what waits.
        let isFree = ItemLedger.isInUse(directory: state) == false
        var waiting = isFree
        if let ledger, !isFree { waiting = try await ledger.pausedSince() != nil }
        let outcome =
            try await ledger?.adopt(adoption, waiting: waiting, isTrial: isTrial, at: Date()) ?? .adopted
        let id = image.node.externalId
        switch outcome {
        case .refused(let words):
            report.unmatched.append(.init(image: id, folder: folder.location.absolute, message: words))
            return
        case .known: report.known.append(.init(image: id, folder: folder.location.absolute, proof: proof))
        case .adopted: report.adopted.append(.init(image: id, folder: folder.location.absolute, proof: proof))
        }
        let (metres, degrees) = folder.capture.pose.drift(from: pose)
        guard metres > rule.metres || degrees > rule.degrees else { return }
        let distance = String(format: "%.2f m and %.1f°", metres, degrees)
        report.faults.append(
            StandingFault(
                code: "pose-differs",
                id: id,
                message: "Its pose in CDF is \(distance) from the one of \(printable(folder.location.absolute)).",
                advice: "CDF keeps its pose until the folder changes: correct the sidecar if the folder's is wrong."
            )
        )
    }
}
