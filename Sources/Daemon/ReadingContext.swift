import Delivery
import DropFolder
import Foundation
import Inspection
import Ledger
import Logging
import Station
import Timing

/// What the reading of scans works with.
struct ReadingContext: Sendable {
    /// What the configuration says of one inbox.
    struct Rules: Sendable {
        var poseDrift = PoseDriftRule()
        var collections = CollectionRule()
        /// How much of the state directory the faces of all positions may take: bytes.
        var scratch: Int64
    }

    var ledger: ItemLedger
    var rules: [String: Rules]
    /// Called to look into the file of a scan; the file must still be the one that was accepted.
    var list: @Sendable (ItemRecord) async -> PositionListing
    var faces: ConvertedFaces
    var board: TransferBoard
    var timeSource: TimeSource
    var logger: Logger
    /// Called after each change of a scan or position, with its new record.
    var changed: @Sendable (ItemRecord) -> Void
    /// Called to have the inbox look again at a file that is not as it was accepted.
    var lookAgain: @Sendable (ItemPath) -> Void
    /// Inboxes and folders in them, absolute, that cannot be read now.
    var lostPlaces: @Sendable () -> Set<String>
    var isStopping: @Sendable () -> Bool
}

extension ReadingContext {
    /// Whether the next position may be read: drop360 is not stopping, and no operator has paused it.
    func mayRead() async throws(LedgerError) -> Bool {
        if Task.isCancelled || isStopping() { return false }
        return try await ledger.pausedSince() == nil
    }

    /// Removes faces that nobody needs; the disk may take its time.
    func discard(_ place: String?) {
        guard let place else { return }
        Thread.detachNewThread { [faces] in faces.discard(place) }
    }
}
