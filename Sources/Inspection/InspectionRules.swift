package import DropFolder
package import Foundation
package import Station

/// What the configuration says about the stations of one inbox.
package struct InspectionRules: Sendable {
    /// What the collection is made of where the sidecar does not say.
    package struct Site: Equatable, Sendable {
        package var id: String
        /// Nil: the id.
        package var name: String?

        package init(id: String, name: String? = nil) {
            self.id = id
            self.name = name
        }
    }

    /// What follows where the faces look swapped, turned or mirrored.
    package enum SeamRule: Sendable {
        case off, warn, reject
    }

    /// What becomes of one equirectangular picture in the place of six faces.
    package enum EquirectRule: Equatable, Sendable {
        case refuse
        /// Rendered as six faces, which are kept in the store; nil to forget them again, as a check does.
        case convert(ConvertedFaces?)
    }

    /// Stands in front of every external id.
    package var externalIDPrefix = ""
    /// Nil: the name of the parent folder.
    package var site: Site?
    /// Which file holds which face, where the sidecar does not say; nil reads the names.
    package var faces: FaceScheme?
    /// How pose lists are read.
    package var poses = PoseListRule()
    /// The smallest edge of a face, in pixels.
    package var minFace = 512
    /// The largest edge of a face, in pixels; more is refused before any decoding.
    package var maxFace = 16384
    package var equirect = EquirectRule.refuse
    package var seams = SeamRule.warn
    /// What a time without zone is taken in; nil refuses such a time.
    package var timeZone: TimeZone?
    /// Subtracted from every translation: metres, CDF frame.
    package var offset = Vector3(x: 0, y: 0, z: 0)
    /// The time of day, for refusing captures from the future.
    package var now: @Sendable () -> Date = { Date() }
    /// Must be the rules that the snapshot was taken with.
    package var ignore = IgnoreRules()

    package init() {}
}
