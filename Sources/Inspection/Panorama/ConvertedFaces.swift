import Foundation
import Station

/// Stores the faces that drop360 renders from panoramas until they are delivered: below the state directory, never in an inbox.
///
/// They can be rendered again from the panorama at any time, bit by bit the same: if a file is lost or damaged, the station goes back to
/// inspection, which writes it again.
package struct ConvertedFaces: Equatable, Sendable {
    /// The absolute path.
    package let folder: String

    /// Where all faces go that are rendered; nil: a folder for each panorama.
    private var onlyPlace: String?

    package init(state: String) { folder = state + "/converted" }

    /// The same, but with this place for whatever is rendered.
    func keeping(in place: String) -> ConvertedFaces {
        var faces = self
        faces.onlyPlace = place
        return faces
    }

    /// The name of the folder of one panorama's faces.
    func place(of panorama: FileDigest) -> String { onlyPlace ?? Self.place(of: panorama) }

    /// The same without a store: a check keeps nothing.
    static func place(of panorama: FileDigest) -> String { String(panorama.rawValue.prefix(32)) }

    /// Writes a face completely, or not at all.
    func store(_ bytes: [UInt8], as name: String, in place: String) throws {
        let place = folder + "/" + place
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: place + "/" + name), options: .atomic)
    }

    /// Removes a panorama's faces after they have been delivered; blocks.
    ///
    /// - Parameter place: From ``FaceImage/storedIn`` of an accepted face.
    package func discard(_ place: String) {
        guard !place.isEmpty, !place.contains("/"), place != ".", place != ".." else { return }
        // What cannot be removed now is removed at the next start.
        try? FileManager.default.removeItem(atPath: folder + "/" + place)
    }

    /// Removes everything except these places, which cleans up after crashes and replaced panoramas; blocks.
    package func sweep(keeping places: Set<String>) {
        // Without the folder there is nothing to remove.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            if !places.contains(name) { discard(name) }
        }
    }
}
