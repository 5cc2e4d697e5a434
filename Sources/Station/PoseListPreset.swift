/// The format of a pose list: what its columns mean.
package enum PoseListPreset: String, CaseIterable, Sendable {
    /// A header row with the sidecar's keys.
    case drop360
    /// NavVis `pano-poses.csv`: quaternion with w first, front along +X, metres.
    case navvis
    /// Leica Cyclone REGISTER 360: one row per setup with position and a quaternion whose columns are named.
    case leica
    /// FARO: position, rotation axis and angle in degrees.
    case faro
    /// `timestamp name x y z qx qy qz qw`, with the quaternion's w last.
    case tum
}

/// How the pose lists of an inbox are read.
package struct PoseListRule: Equatable, Sendable {
    /// The format of the columns; nil: detected from the list itself.
    package var preset: PoseListPreset?
    /// The local frame that their quaternions rotate; nil: the preset's default.
    package var frame: LocalFrame?

    package init(preset: PoseListPreset? = nil, frame: LocalFrame? = nil) {
        self.preset = preset
        self.frame = frame
    }
}
