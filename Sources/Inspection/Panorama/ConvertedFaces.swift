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

    /// The folder of one panorama's faces.
    func place(of panorama: FileDigest) -> String { folder + "/" + panorama.rawValue.prefix(32) }

    /// Puts a face in its place: whole, or not at all.
    func store(_ bytes: [UInt8], as name: String, of panorama: FileDigest) throws {
        let place = place(of: panorama)
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: place + "/" + name), options: .atomic)
    }

    /// Removes a panorama's faces, once they are delivered or not wanted any more.
    ///
    /// - Parameter place: As an accepted face tells it; another folder than one of these is left alone.
    package func discard(_ place: String) {
        guard place.hasPrefix(folder + "/"), !place.dropFirst(folder.count + 1).contains("/") else { return }
        // What is left behind is swept up at the next start.
        try? FileManager.default.removeItem(atPath: place)
    }

    /// Removes everything but these places: what a crash has left behind.
    package func sweep(keeping places: Set<String>) {
        // Without the folder there is nothing to sweep.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let place = folder + "/" + name
            if !places.contains(place) { discard(place) }
        }
    }
}
