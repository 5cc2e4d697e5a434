import DropFolder
import Inspection
import Station

/// One position of a scan, which can be made a station of.
struct ListedPosition: Sendable {
    /// Counts the positions of the file from 1, in a fixed order.
    var number: Int
    /// The station id that the position gets; no two of a file have the same.
    var name: String
    /// Has it made into a station and inspected, in the inspector's heavy lane; cancelled with the calling task.
    var inspect: @Sendable () async -> InspectionReport
}

/// What a look into the file of a scan found.
enum PositionListing: Sendable {
    case positions([ListedPosition])
    /// The file cannot be read as a scan, although it was accepted as one.
    case refused([Problem])
    /// Not the file that was accepted, or the look was stopped.
    case changed
    /// The disk or share does not respond, or drop360 may not read the file.
    case unavailable(DropFolderError)
}

extension ListedPosition {
    /// Where the position is in the ledger: below its scan, where nothing on the disk can be.
    func location(in scan: ItemPath) -> ItemPath {
        let single = name.replacing("/", with: "_")
        return ItemPath(inbox: scan.inbox, path: "\(scan.path)/\(single)/")
    }

    /// Stays the same until the scan gets other content: what has this stamp has been read.
    func stamp(in content: ContentDigest) -> Stamp {
        Stamp(rawValue: ContentDigest(over: ["position", content.rawValue, "\(number)"]).rawValue)
    }
}
