import Foundation
import Ledger
import Station

/// What a retraction will delete, in words.
enum RetractionWords {
    static func lines(of plan: RetractionPlan, withFiles: Bool) -> [String] {
        let (item, ids) = (plan.item, plan.capture.ids)
        func place(_ noun: String, _ id: String, others: Int) -> String {
            let name = "\(noun) \(printable(id))"
            switch others {
            case 0: return "goes   \(name), unless another image in CDF points at it"
            case 1: return "stays  \(name): another image of it is in CDF or on its way"
            default: return "stays  \(name): \(others) other images of it are in CDF or on their way"
            }
        }
        var lines = [
            "\(item.kind.title) \(item.id): \(printable(item.folder))",
            plan.doneAt == nil ? "goes   image \(printable(ids.image))" : "gone   image \(printable(ids.image))",
            withFiles
                ? "goes   its six files, \(printable(ids.file(.front))) and so on"
                : "stays  its six files (give --files to delete them, too)",
            place("station", ids.station, others: plan.othersAtStation),
            place("collection", ids.collection, others: plan.othersInCollection),
        ]
        if plan.isPresent {
            lines.append(
                "Its \(item.kind.place) becomes withdrawn: it is sent again only if its content changes, or with `drop360 retry \(item.id)`."
            )
        } else if plan.doneAt == nil {
            lines.append(
                "The station itself keeps its state, \(item.state.name.rawValue): the image was left behind by it."
            )
        }
        if !plan.sharers.isEmpty {
            let list = plan.sharers.map { printable($0) }.joined(separator: ", ")
            lines.append("The same content came from \(list): withdrawn, too.")
        }
        return lines
    }
}

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
