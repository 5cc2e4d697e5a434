/// Which way the middle of a spherical image of an E57 file looks; the image itself does not show it.
package enum SphereAzimuth: String, Sendable, CaseIterable, Codable {
    /// Along the image's +x axis, as the standard says: azimuth 0 is in the middle.
    case centreX = "centre-x"
    /// Along −x: azimuth 0 is at the edges.
    case edgeX = "edge-x"
}
