import Foundation

/// The external ids of one capture of one station in CDF, all in one space.
///
///     collection   {prefix}{site_id}
///     station      {prefix}{site_id}/{station_id}
///     image        {prefix}{site_id}/{station_id}/{time}
///     file         image id + /{face}
///
/// They depend only on the station itself, so each remote step can be repeated without creating duplicates.
package struct ExternalIDs: Equatable, Codable, Sendable, Hashable {
    package var collection: String
    package var station: String
    package var image: String
    /// Only of images that another tool has written: the ids that it gave the files.
    package var files: [Face: String]?

    /// The id of the file that holds `face`.
    package func file(_ face: Face) -> String { files?[face] ?? image + "/" + face.rawValue }

    /// CDF's limit for a file is 255; we count bytes, since it is unknown whether CDF counts characters (contract L.9).
    package static let byteLimit = 255

    /// Leaves room for the longest face name after an image id.
    static let imageByteLimit = byteLimit - "/bottom".utf8.count

    /// Creates the ids of one capture.
    ///
    /// - Parameters:
    ///   - prefix: `external-id-prefix` of the configuration.
    ///   - siteID: Identifies the collection.
    ///   - stationID: The tripod position within the site.
    ///   - time: When it was taken; nil if unknown.
    ///   - digest: Its first 12 digits replace a missing time.
    package init(prefix: String, siteID: String, stationID: String, time: CaptureTime?, digest: ContentDigest) {
        let last = time?.compact ?? String(digest.rawValue.prefix(12))
        collection = Self.shortened(prefix + siteID, to: Self.byteLimit)
        station = Self.shortened("\(prefix)\(siteID)/\(stationID)", to: Self.byteLimit)
        image = Self.shortened("\(prefix)\(siteID)/\(stationID)/\(last)", to: Self.imageByteLimit)
    }

    /// The id of a file that CDF gets as a whole: `{prefix}{site_id}/{file name}`.
    package static func pointCloud(prefix: String, siteID: String, name: String) -> String {
        shortened("\(prefix)\(siteID)/\(name)", to: byteLimit)
    }

    /// Ids that something has in CDF already, whatever they are made of.
    package init(standing image: String, station: String, collection: String, files: [Face: String]) {
        self.image = image
        self.station = station
        self.collection = collection
        self.files = files
    }

    /// Shortens an `id` over `limit` bytes to a readable prefix, `~` and 12 digits of the full id's digest.
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
