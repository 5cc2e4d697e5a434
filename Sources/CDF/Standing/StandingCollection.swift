package import Station

/// A collection as it stands in a project, whoever wrote it.
package struct StandingCollection: Sendable {
    package enum State: Sendable {
        case absent
        /// The node is there, but has no data of a collection.
        case withoutData
        case present
    }

    package var state: State
    /// What the viewer calls it; empty if it has no name.
    package var name = ""
    /// What it is marked as instead of a collection of 360° images, `CAD` or nothing; nil if it is one.
    package var otherType: String?
    package var images: [StandingImage]
    /// Those that exist, with the texts that each of them lacks.
    package var stations: [NodeReference: [String]]
    /// Those that CDF knows.
    package var files: [FileReference: FileStatus]

    package var fileUsers: FileUsers { FileUsers(images) }
}

/// One image of it.
package struct StandingImage: Sendable {
    package var node: NodeReference
    package var collection: NodeReference
    package var station: NodeReference?
    /// Metres and radians as in CDF; nil if one of the six numbers is missing.
    package var pose: Pose?
    /// Nil if it has none, or one that is no time.
    package var time: CaptureTime?
    /// Those that it names.
    package var files: [Face: FileReference]

    /// Nil for a node without data of an image.
    init?(_ found: FoundNode, _ reading: ImageReading) {
        let values = found.values(in: reading.image)
        guard let collection = values[reading.collection]?.relation else { return nil }
        node = found.reference
        self.collection = collection
        station = values[reading.station]?.relation
        let numbers = (Transformation.translation + Transformation.rotation)
            .compactMap { values[$0]?.number }.filter(\.isFinite)
        if numbers.count == 6 {
            pose = Pose(
                translation: Vector3(x: numbers[0], y: numbers[1], z: numbers[2]),
                eulerRotation: EulerAngles(x: numbers[3], y: numbers[4], z: numbers[5])
            )
        }
        // What another tool wrote there as text need not be a time.
        time = values[reading.time]?.text.flatMap { try? CaptureTime.parse($0) }
        files = reading.faces.compactMapValues { name in
            guard let value = values[name] else { return nil }
            return value.relation.map(FileReference.node) ?? value.text.map(FileReference.externalID)
        }
    }
}
