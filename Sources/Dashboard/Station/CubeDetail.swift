package import Station

/// A station's six faces, and how the viewer turns them.
package struct CubeDetail: Sendable, Equatable {
    /// The faces that have a file, each with a word that changes with its picture.
    package var faces: [Face: String]
    /// The pose that the viewer uses: that of the station's first visit; nil where none is known.
    package var pose: Pose?
    /// Whose pose that is, if not this item's own.
    package var poseOf: Int64?
    /// A word that changes with any of the pictures.
    package var version: String
    /// Whether they are what is delivered, or was; otherwise they are what was found in a folder that was not accepted.
    package var isAccepted: Bool
    /// Faces that cannot be shown.
    package var hidden: [Face: HiddenFace]

    /// What was accepted.
    package init(_ capture: Capture, pose: Pose, poseOf: Int64? = nil, hidden: [Face: HiddenFace] = [:]) {
        faces = capture.faces.mapValues { String($0.digest.rawValue.prefix(16)) }
        (self.pose, self.poseOf, self.hidden) = (pose, poseOf, hidden)
        (version, isAccepted) = (String(capture.digest.rawValue.prefix(16)), true)
    }

    /// What was found, and not accepted.
    ///
    /// - Parameter revision: Of the item: it changes with what is found.
    package init(_ glimpse: Glimpse, revision: Int, hidden: [Face: HiddenFace] = [:]) {
        let version = "revision-\(revision)"
        faces = glimpse.faces.mapValues { _ in version }
        self.version = version
        (pose, self.hidden, isAccepted) = (glimpse.pose, hidden, false)
    }
}
