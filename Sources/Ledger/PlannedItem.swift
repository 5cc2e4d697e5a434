package import Foundation
package import Station

/// One station as the plan of its site needs it: a few columns, since a site may have ten thousand.
package struct PlannedItem: Equatable, Sendable {
    package var id: ItemNumber
    package var path: String
    package var state: ItemState.Name
    /// The id of its tripod position in CDF; nil if nothing of it was ever accepted.
    package var place: String?
    /// The id of its collection in CDF.
    package var collection: String?
    /// Only where asked for.
    package var label: String?
    /// Metres, CDF frame.
    package var position: Vector3?
    /// Degrees clockwise from +Y of where the front face looks; nil where it looks straight up or down.
    package var heading: Double?
    package var time: Date?
}

/// One site as lists of sites show it.
package struct SiteTally: Equatable, Sendable {
    package var id: String
    /// Items of all kinds, without those that were withdrawn.
    package var counts: [ItemState.Name: Int]
    /// The lowest and the highest coordinates of its stations: metres, CDF frame; nil without any.
    package var corners: (low: Vector3, high: Vector3)?

    package static func == (lhs: SiteTally, rhs: SiteTally) -> Bool {
        lhs.id == rhs.id && lhs.counts == rhs.counts && lhs.corners?.low == rhs.corners?.low
            && lhs.corners?.high == rhs.corners?.high
    }
}
