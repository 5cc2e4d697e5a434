import Inbox
import Ledger
import Station

extension KnownStations.Standing {
    /// What is left to do for a station in a state; nil for one that is gone.
    init?(of state: ItemState.Name) {
        switch state {
        case .incomplete, .accepted, .uploading, .uploaded, .processing, .failed: self = .open
        case .rejected: self = .refused
        case .registered: self = .finished
        case .withdrawn: return nil
        }
    }
}

extension KnownStations {
    /// What the ledger knows of an inbox.
    static func read(from ledger: ItemLedger, inbox: String) async throws(LedgerError) -> KnownStations {
        try await ledger.knownItems(inbox: inbox, into: KnownStations()) { known, path, kind, stamp, state in
            guard let standing = Standing(of: state) else { return }
            // No folder has an empty stamp, so that the item is emitted again.
            known.add(path, stamp: stamp ?? Stamp(rawValue: ""), standing: standing, isFile: kind != .station)
        }
    }
}
