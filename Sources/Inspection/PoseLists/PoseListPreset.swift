package import Station

extension PoseListPreset {
    /// The frame that the list's quaternion rotates where nobody says otherwise; nil where it takes none.
    ///
    /// NavVis documents X forward; for the others it is what ROS and their scanners' own axes suggest.
    var frame: LocalFrame? { self == .drop360 ? nil : .xForward }
}

/// How the pose lists of an inbox are read.
package struct PoseListRule: Equatable, Sendable {
    /// nil: told by the list itself.
    package var preset: PoseListPreset?
    /// nil: the preset's own.
    package var frame: LocalFrame?

    package init(preset: PoseListPreset? = nil, frame: LocalFrame? = nil) {
        self.preset = preset
        self.frame = frame
    }
}

/// Why a pose list cannot be used; words for a sentence that begins with its name.
struct PoseListRefusal: Error, Equatable {
    var message: String
    /// The copy may still be under way.
    var mayBeUnfinished = false
    var code = ProblemCode.poseListInvalid
}
