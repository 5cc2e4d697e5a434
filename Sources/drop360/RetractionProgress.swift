import Foundation
import Ledger
import Station

/// How far the daemon is with a retraction, as the ledger shows it.
struct RetractionProgress {
    enum End {
        /// With what was deleted.
        case done(String)
        /// It will be done, but not now.
        case pending(String, isOffline: Bool)
        case failed(ItemState.Failure)
    }

    let ledger: ItemLedger
    let directory: String
    let image: String
    let item: ItemNumber

    /// Waits for the end; calls `progress` with each step's words.
    func end(_ progress: (String) -> Void) async throws -> End {
        var isImageGone = false
        while let retraction = try await ledger.retraction(of: image) {
            if retraction.isImageGone, !isImageGone {
                isImageGone = true
                progress("The image is deleted.")
            }
            if let failure = retraction.failure { return .failed(failure) }
            if let pending = try await obstacle() { return pending }
            try await Task.sleep(for: .milliseconds(100))
        }
        let finished = try await ledger.history(of: item).last { $0.event == "retraction-finished" }
        return .done("Image \(printable(image)) is out of CDF: \(printable(finished?.detail ?? "done", limit: 2000)).")
    }

    /// Why waiting is of no use.
    private func obstacle() async throws -> End? {
        guard ItemLedger.isInUse(directory: directory) != false else {
            return .pending("No daemon is running. It will be done at the next start.", isOffline: false)
        }
        let values = try await ledger.daemonValues()
        if values["paused"] != nil {
            return .pending("drop360 is paused. It will be done after `drop360 resume`.", isOffline: false)
        }
        if values["offline-since"] != nil {
            return .pending("CDF cannot be reached. It will be done as soon as it can be.", isOffline: true)
        }
        return nil
    }
}
