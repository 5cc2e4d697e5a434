/// What inspection found of a station that was not accepted: enough for people to look at it.
package struct Glimpse: Equatable, Codable, Sendable {
    /// The names of the faces' files, directly in the station's folder, as far as they were found.
    package var faces: [Face: String]
    /// Nil where none could be read.
    package var pose: Pose?

    /// - Returns: Nil without any face.
    package init?(faces: [Face: String], pose: Pose?) {
        guard !faces.isEmpty else { return nil }
        (self.faces, self.pose) = (faces, pose)
    }

    /// - Returns: Nil without any face in the station's folder: rendered ones are not kept for stations that are not accepted.
    package init?(_ capture: Capture) {
        self.init(
            faces: capture.faces.filter { $0.value.storedIn == nil }.mapValues(\.fileName),
            pose: capture.pose
        )
    }
}
