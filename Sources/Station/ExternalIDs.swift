import Foundation

/// The external ids under which one capture of one station stands in CDF, all in one space.
///
///     collection   {prefix}{site_id}
///     station      {prefix}{site_id}/{station_id}
///     image        {prefix}{site_id}/{station_id}/{time}
///     file         image id + /{face}
///
/// They depend on nothing but the station itself, so each remote step can be repeated without doubling anything.
package struct ExternalIDs: Equatable, Codable, Sendable, Hashable {
    package var collection: String
    package var station: String
    package var image: String

    /// The id of the file that holds `face`.
    package func file(_ face: Face) -> String { image + "/" + face.rawValue }

    /// CDF's limit for a file is 255; it is kept in bytes, since nobody knows whether CDF counts characters (contract L.9).
    package static let byteLimit = 255

    /// Room for the longest face name behind an image id.
    static let imageByteLimit = byteLimit - "/bottom".utf8.count

    /// Makes the ids of one capture.
    ///
    /// - Parameters:
    ///   - prefix: `external-id-prefix` of the configuration.
    ///   - siteID: What the collection is made of.
    ///   - stationID: The tripod position within the site.
    ///   - time: When it was taken; nil where nobody knows.
    ///   - digest: Stands in for the time where there is none: its first 12 digits.
    package init(prefix: String, siteID: String, stationID: String, time: CaptureTime?, digest: ContentDigest) {
        let last = time?.compact ?? String(digest.rawValue.prefix(12))
        collection = Self.shortened(prefix + siteID, to: Self.byteLimit)
        station = Self.shortened("\(prefix)\(siteID)/\(stationID)", to: Self.byteLimit)
        image = Self.shortened("\(prefix)\(siteID)/\(stationID)/\(last)", to: Self.imageByteLimit)
    }

    /// Keeps a readable head and ends in `~` and 12 digits of the digest of the whole, where `id` is over `limit` bytes.
    static func shortened(_ id: String, to limit: Int) -> String {
        guard id.utf8.count > limit else { return id }
        let tail = "~" + ContentDigest(over: [id]).rawValue.prefix(12)
        var head = ""
        for character in id {
            guard head.utf8.count + character.utf8.count + tail.utf8.count <= limit else { break }
            head.append(character)
        }
        return head + tail
    }
}
