package import Foundation
package import Station

/// One station as the plan of its site needs it: a few columns, since a site may have ten thousand.
package struct PlannedItem: Equatable, Sendable {
    package var id: ItemNumber
    package var path: String
    package var state: ItemState.Name
    /// Nothing of it was ever accepted: where it says that it stands.
    package var isStated = false
    /// The id of its tripod position in CDF; nil if nothing says so.
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
    /// Around its stations; nil without any that has a place.
    package var bounds: SiteBounds?
}

/// The lowest and the highest coordinates of a site's stations: metres, CDF frame.
package struct SiteBounds: Equatable, Sendable {
    package var minX: Double
    package var maxX: Double
    package var minY: Double
    package var maxY: Double

    package init(minX: Double, maxX: Double, minY: Double, maxY: Double) {
        (self.minX, self.maxX, self.minY, self.maxY) = (minX, maxX, minY, maxY)
    }
}
