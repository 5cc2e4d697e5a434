import DropFolder

/// What a folder showed.
struct Listing: Sendable {
    /// Without the finished stations.
    var entries: [FolderEntry]
    /// Finished stations that are there.
    var finished = 0
    /// The listing's number for ``FinishedStations/removeUnseen(by:)``; nil where all are there.
    var number: UInt32?

    /// Reports and the probe may well be in the folder below a disk that is not mounted.
    var isEmpty: Bool { finished == 0 && entries.allSatisfy { $0.role == .junk } }

    /// Differs wherever a pose list came, changed or went.
    var poseLists: String {
        entries.filter { $0.stamp.kind == .file && FolderSnapshot.isPoseList($0.name) }
            .map { "\($0.name)/\($0.stamp.size)/\($0.stamp.modified)/\($0.stamp.changed)" }
            .joined(separator: "|")
    }
}

/// The circumstances of a listing.
struct ListingContext: Sendable {
    var id: NodeID
    var reason: Reason
    var isInSweep = false
    var now: ContinuousClock.Instant
    /// Another event may be emitted.
    var hasRoom: Bool
    var isWatched: Bool
    /// Stations that a listing does not show are elsewhere.
    var isOnAnotherDisk: Bool
    /// The inbox itself may be empty because a disk is not mounted.
    var topMayHide: Bool
}

/// Why a folder could not be listed.
enum ListingFailure: Error {
    case rootLost(DropFolderError)
    /// Another folder is in the inbox's place.
    case rootReplaced
    /// Another folder, or none, is in the folder's place.
    case moved
    case unreadable(DropFolderError)
}

extension ListingFailure {
    init(_ error: DropFolderError) {
        switch error {
        case .missing, .notRegular: self = .moved
        case .noPermission, .unavailable: self = .unreadable(error)
        }
    }
}

/// What a glance at a finished station shows.
enum Glance {
    case unchanged(FolderMark)
    case changed(FolderIdentity)
    /// There is no folder.
    case elsewhere
    /// It may not or cannot be read: nothing is concluded.
    case unknown
}
