package import DropFolder
package import Foundation
package import Station

/// What the configuration says about the stations of one inbox.
package struct InspectionRules: Sendable {
    /// What to do with one equirectangular picture instead of six faces.
    package enum EquirectRule: Equatable, Sendable {
        case refuse
        /// Render six faces and keep them in the store; nil discards them, as a check does.
        case convert(ConvertedFaces?)
    }

    /// The prefix of every external id.
    package var externalIDPrefix = ""
    /// Nil: the name of the parent folder.
    package var site: Site?
    /// Which file is which face, if the sidecar does not say; nil reads the names.
    package var faces: FaceScheme?
    /// How pose lists are read.
    package var poses = PoseListRule()
    /// The smallest edge of a face, in pixels.
    package var minFace = 512
    /// The largest edge of a face, in pixels; a larger one is refused before decoding.
    package var maxFace = 16384
    package var equirect = EquirectRule.refuse
    package var seams = SeamRule.warn
    /// The zone for a time that has none; nil refuses such a time.
    package var timeZone: TimeZone?
    /// Subtracted from every translation: metres, CDF frame.
    package var offset = Vector3(x: 0, y: 0, z: 0)
    /// How the spherical images of E57 files are turned.
    package var azimuth = SphereAzimuth.centreX
    /// The current time, for refusing captures from the future.
    package var now: @Sendable () -> Date = { Date() }
    /// How the names end of single files that are items of their own, as ``FileRules/endings``.
    package var fileEndings: Set<String> = []
    /// Must be the same rules that the snapshot was taken with.
    package var ignore = IgnoreRules()

    package init() {}
}

extension InspectionRules {
    /// Whether a file of this name is an item of its own, or belongs to one.
    func concernsFile(_ name: String) -> Bool {
        fileEndings.contains(FaceNaming.fileExtension(of: name))
            || fileEndings.contains("e57") && IgnoreRules.isFileSidecar(name)
    }
}
