import Station

/// How images that stand in a project are read by one model, whoever wrote them: the other direction of ``WireModel``'s layers.
package struct ImageReading: Sendable {
    var image: ViewReference
    /// The name of each face's property.
    var faces: [Face: String]
    var time: String
    var collection: String
    var station: String
    var stationView: ViewReference
    /// Texts without which the viewer does not find a station, or cannot name it.
    var stationTexts: [String]
    /// Shows the data that a collection must have.
    var collectionView: ViewReference
    /// The text that names a collection in the viewer, and the view that has it.
    var collectionName: (property: String, view: ViewReference)
    /// What a collection must be marked as; nil where its data are enough.
    var collectionType: NodeMark.Property?
    /// What becomes of an image without one of its faces, or without its pose.
    var withoutFace: String
    var withoutPose: String
    /// The most images of a collection that the viewer loads; nil if it loads all.
    package var mostImages: Int?
}
