import Foundation
import Station

/// Where the faces that drop360 renders from panoramas are kept until they are delivered: below the state directory, never in an inbox.
///
/// They can be made again from the panorama at any time, to the last bit: a file that is lost or damaged sends the station back to
/// inspection, which writes it anew.
package struct ConvertedFaces: Equatable, Sendable {
    /// Absolute.
    package let folder: String

    package init(state: String) { folder = state + "/converted" }

    /// The name of the folder of one panorama's faces.
    static func place(of panorama: FileDigest) -> String { String(panorama.rawValue.prefix(32)) }

    /// Puts a face in its place: whole, or not at all.
    func store(_ bytes: [UInt8], as name: String, in place: String) throws {
        let place = folder + "/" + place
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: place + "/" + name), options: .atomic)
    }

    /// Removes a panorama's faces, once they are delivered; blocks.
    ///
    /// - Parameter place: As an accepted face tells it.
    package func discard(_ place: String) {
        guard !place.isEmpty, !place.contains("/"), place != ".", place != ".." else { return }
        // What is left behind is swept up at the next start.
        try? FileManager.default.removeItem(atPath: folder + "/" + place)
    }

    /// Removes everything but these places: what a crash or a replaced panorama has left behind; blocks.
    package func sweep(keeping places: Set<String>) {
        // Without the folder there is nothing to sweep.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            if !places.contains(name) { discard(name) }
        }
    }
}
