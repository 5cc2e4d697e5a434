import Inbox
import Ledger
import Station

extension KnownStations.Standing {
    /// What is left to do for an item; nil for one that is gone.
    init?(of record: ItemRecord) {
        if record.isRetracted { self = .refused } else { self.init(of: record.state.name) }
    }

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
    ///
    /// - Parameter files: What its E57 files become now; those that were something else before are emitted again.
    static func read(
        from ledger: ItemLedger,
        inbox: String,
        files: ItemKind?
    ) async throws(LedgerError) -> KnownStations {
        try await ledger.knownItems(inbox: inbox, into: KnownStations()) { known, path, kind, stamp, state in
            // Of the withdrawn ones only those that an operator took out of CDF are listed: nothing is left to do for them until they change.
            let standing = Standing(of: state) ?? .refused
            let isCurrent = kind == .station || kind == files
            // No folder has an empty stamp, so that the item is emitted again.
            let seen = isCurrent ? stamp : nil
            known.add(path, stamp: seen ?? Stamp(rawValue: ""), standing: standing, isFile: kind != .station)
        }
    }
}
