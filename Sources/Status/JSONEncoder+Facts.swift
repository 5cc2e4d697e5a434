package import Foundation

extension JSONEncoder {
    /// How drop360 prints facts as JSON: sorted keys, ISO 8601 times.
    package static var facts: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }
}
