package import DropFolder
package import Station

/// An event of an inbox.
package enum InboxEvent: Sendable, Equatable {
    /// A candidate has not changed for its inbox's `settle`, and its stamp is not the one that was last emitted.
    ///
    /// It need not be complete: a folder with temporaries in it is emitted, too, once it is quiet, and again after each change.
    case quiet(Candidate)
    /// Something looks like a station's and cannot be taken as one; it has not changed for its inbox's `settle`. Once it is gone, its path
    /// has vanished.
    case hindrance(Hindrance)
    /// A candidate that was known is gone, or its folder holds no station any more, while its inbox is certainly there.
    case vanished(ItemPath)
    /// The inbox itself cannot be read. Nothing below it has vanished by that; it is tried again automatically.
    case rootLost(inbox: String, InboxTrouble)
    /// An inbox that was lost is back; events for what has changed meanwhile follow.
    case rootFound(inbox: String)
}

/// Why an inbox cannot be read.
package enum InboxTrouble: OperatorFacingError, Equatable {
    /// It does not exist, may not be read, or its disk or share does not respond.
    case unreadable(DropFolderError)
    /// It holds nothing but what drop360 itself or systems leave behind, though undelivered stations were known below it: an unmounted disk looks like this.
    case emptied(root: String, stations: Int)

    package var summary: String {
        switch self {
        case .unreadable(let error):
            "The inbox cannot be read. \(error.summary) No station is given up; drop360 tries again every few seconds."
        case .emptied(let root, let stations):
            "The inbox \(printable(root)) is empty, though \(stations) undelivered \(stations == 1 ? "station was" : "stations were") in it: "
                + "it looks unmounted. No station is given up; drop360 tries again every few seconds."
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
