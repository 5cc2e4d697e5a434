package import DropFolder
package import Station

/// What the inbox has found.
package enum InboxEvent: Sendable, Equatable {
    /// A candidate has not changed for its inbox's `settle`, and its stamp is not the one that was last emitted.
    ///
    /// It need not be complete: a folder with temporaries in it is emitted, too, once it is quiet, and again after each change.
    case quiet(Candidate)
    /// Something looks like a station's and cannot be taken as one; it has not changed for its inbox's `settle`. Once it is gone, its path
    /// has vanished.
    case hindrance(Hindrance)
    /// A candidate that was known is gone, or its folder holds no station any more, while its inbox is surely there.
    case vanished(ItemPath)
    /// The inbox itself cannot be looked into. Nothing below it has vanished by that; it is tried again by itself.
    case rootLost(inbox: String, InboxTrouble)
    /// An inbox that was lost is there again; what has changed meanwhile follows.
    case rootFound(inbox: String)
}

/// Why an inbox cannot be looked into.
package enum InboxTrouble: OperatorFacingError, Equatable {
    /// It is not there, may not be read, or its disk or share does not answer.
    case unreadable(DropFolderError)
    /// It holds nothing but what drop360 itself or systems leave behind, though stations that are not delivered were known below it: an unmounted disk looks so.
    case emptied(root: String, stations: Int)

    package var summary: String {
        switch self {
        case .unreadable(let error):
            "The inbox cannot be read. \(error.summary) No station is given up; drop360 looks again every few seconds."
        case .emptied(let root, let stations):
            "The inbox \(printable(root)) is empty, though \(stations) undelivered \(stations == 1 ? "station was" : "stations were") in it: "
                + "it looks unmounted. No station is given up; drop360 looks again every few seconds."
        }
    }

    package var advice: String? {
        switch self {
        case .unreadable(.missing(let path)): "Create or mount \(printable(path))."
        case .unreadable(let error): error.advice
        case .emptied:
            "Mount the disk or share again. If the stations were removed on purpose, put a folder or a file with a plain name, such as README, into the inbox."
        }
    }

    package var remedy: Remedy { .retry(after: ScanIntervals.lostRoot) }
}
