import Foundation

/// The `pose.json` of a drawn station, in the heading form.
struct PoseSidecar: Encodable {
    struct Translation: Encodable {
        var x, y, z: Double
    }

    /// Degrees.
    struct Rotation: Encodable {
        var heading, pitch, roll: Double
    }

    var siteID: String
    var siteName: String
    var stationID: String
    var stationName: String
    /// Metres.
    var translation: Translation
    var rotation: Rotation
    var time: String

    enum CodingKeys: String, CodingKey {
        case siteID = "site_id"
        case siteName = "site_name"
        case stationID = "station_id"
        case stationName = "station_name"
        case translation, rotation
        case time = "timeTaken"
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
