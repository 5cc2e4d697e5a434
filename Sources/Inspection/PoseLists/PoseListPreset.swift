import Station

extension PoseListPreset {
    /// The default frame that the list's quaternion rotates; nil if none applies.
    ///
    /// NavVis documents X forward; for the others ROS and their scanners' axes suggest it.
    var frame: LocalFrame? { self == .drop360 ? nil : .xForward }
}

/// Why a pose list cannot be used.
struct PoseListRefusal: Error, Equatable {
    /// The rest of a sentence that starts with the list's name.
    var message: String
    /// Whether the list may still be being copied.
    var mayBeUnfinished = false
    var code = ProblemCode.poseListInvalid
}
