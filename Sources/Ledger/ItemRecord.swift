package import Foundation
package import Station

/// An item's number in the ledger.
package struct ItemNumber: RawRepresentable, Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    package var description: String { "\(rawValue)" }
}

/// One item as the ledger knows it.
package struct ItemRecord: Equatable, Sendable, Identifiable {
    package var id: ItemNumber
    /// What is there now.
    package var kind: ItemKind
    package var location: ItemPath
    /// The id of the site that it belongs to; nil before it is known.
    package var site: String? = nil
    /// The scan that this station was read from, a position of it; nil for what has a place of its own on the disk.
    package var scan: ItemNumber? = nil
    package var lastSight: LastSight
    package var state: ItemState
    /// What is delivered, or was last; nil if nothing was ever accepted.
    package var content: ItemContent?
    /// It is withdrawn because an operator took it out of CDF again.
    package var isRetracted = false
    /// Its image is in CDF and is to be written again; stations and collections stay as they are.
    package var isRewritten = false
    /// The external ids of images in CDF that were delivered from here besides the one of its present content, the latest first.
    ///
    /// They come from folders whose `station_id` or `timeTaken` was changed after delivery. A scan has those of the positions that its file no
    /// longer has; such a position has its own.
    package var leftBehind: [String] = []
    /// Visits of the same station that still have the pose that was corrected here.
    package var visitsElsewhere: [VisitElsewhere] = []
    /// How far the content has become a 3D revision; nil for other kinds, and before that begins.
    package var handOver: HandOver?
    package var notes: [Problem]
    /// The item whose identical content is delivered in this one's place.
    package var sameAs: ItemNumber?
    /// Attempts of the present state that failed and count.
    package var attempts: Int
    /// How often files of this content were sent again because CDF never confirmed them.
    package var resends: Int = 0
    package var notBefore: Date
    package var firstSeen: Date
    package var changedAt: Date
    package var registeredAt: Date?
    /// Counts the changes that are reported to people.
    package var revision: Int
    /// The path of this item's present report; nil if there is none.
    package var report: String?

    package var inbox: String { location.inbox }
    /// Below the inbox, as commands and logs show it.
    package var path: String { location.path }
    /// The absolute path.
    package var folder: String { location.absolute }

    /// What is delivered of a station; nil for other kinds.
    package var capture: Capture? { content?.capture }

    /// The folder or file is gone; what was delivered from it stays.
    package var isGone: Bool { lastSight == .gone }

    package var problems: [Problem] {
        switch state {
        case .incomplete(let problems), .rejected(let problems): problems
        default: []
        }
    }
}

/// Another image of a station, whose pose is not that of the image it is compared with.
package struct VisitElsewhere: Equatable, Codable, Sendable {
    package var station: Int64
    /// Absolute.
    package var folder: String
    package var image: String
    package var metres: Double
    package var degrees: Double
}

/// A report that asks someone to act.
package struct OpenReport: Equatable, Sendable {
    package var id: ItemNumber
    /// The folder that it is about, absolute.
    package var folder: String
    /// Where it was written to.
    package var path: String
}

/// One file on its way.
package struct FileRecord: Equatable, Sendable {
    package enum State: String, Sendable { case pending, sent, confirmed }

    package var role: FileRole
    package var externalID: String
    /// Bytes.
    package var size: Int64
    package var digest: FileDigest
    package var state: State
    /// CDF's number of the file, once it has been sent.
    package var receipt: FileReceipt?
    /// When CDF had taken its bytes.
    package var sentAt: Date? = nil
    /// When CDF confirmed that it has them.
    package var confirmedAt: Date? = nil
}

/// CDF's own number for a file that it accepted.
package struct FileReceipt: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// One line of an item's history.
package struct HistoryEntry: Equatable, Sendable {
    package var at: Date
    /// The raw value of a ``HistoryEvent``; others come from a ledger that another version has written.
    package var event: String
    package var state: ItemState.Name
    package var detail: String?

    package var kind: HistoryEvent? { HistoryEvent(rawValue: event) }

    /// Begins the detail of an E57 file that is withdrawn because its inbox takes none any more.
    package static let leftAlone = "E57 files are left alone in its inbox now (`e57.extract: off`)"

    /// Whether the file may still be there.
    package var isLeftAlone: Bool { state == .withdrawn && detail?.hasPrefix(Self.leftAlone) == true }

    package init(at: Date, event: String, state: ItemState.Name, detail: String? = nil) {
        self.at = at
        self.event = event
        self.state = state
        self.detail = detail
    }
}

/// What inspection found at a path.
package struct Sighting: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        case incomplete([Problem])
        case rejected([Problem])
        case accepted(ItemContent)
    }

    package var kind: ItemKind
    package var location: ItemPath
    package var stamp: Stamp
    package var outcome: Outcome
    package var notes: [Problem]

    package init(
        _ kind: ItemKind = .station,
        at location: ItemPath,
        stamp: Stamp,
        outcome: Outcome,
        notes: [Problem] = []
    ) {
        self.kind = kind
        self.location = location
        self.stamp = stamp
        self.outcome = outcome
        self.notes = notes
    }
}
