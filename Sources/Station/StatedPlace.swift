/// Where a station that is not accepted says that it stands, as far as that could be read.
package struct StatedPlace: Equatable, Codable, Sendable {
    /// The id that its tripod position would have in CDF.
    package var station: String
    /// The id that its collection would have in CDF.
    package var collection: String
    package var label: String
    /// Metres, CDF frame.
    package var translation: Vector3
    /// Degrees clockwise from +Y of where the front face looks; nil where it looks straight up or down, or nothing usable says so.
    package var heading: Double?

    package init(station: String, collection: String, label: String, translation: Vector3, heading: Double?) {
        self.station = station
        self.collection = collection
        self.label = label
        self.translation = translation
        self.heading = heading
    }
}

extension Capture {
    /// What the plan shows of it where it is refused.
    package var statedPlace: StatedPlace {
        StatedPlace(
            station: ids.station,
            collection: ids.collection,
            label: label,
            translation: pose.translation,
            heading: pose.heading
        )
    }
}
