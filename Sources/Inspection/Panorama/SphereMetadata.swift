import Foundation
import Station

/// What a picture's XMP data says about the sphere that it shows (Google's GPano, which cameras and stitchers write).
struct SphereMetadata: Equatable {
    /// In lower case, for instance `equirectangular` or `fisheye`.
    var projection: String?
    /// The size of the whole sphere, and the part of it that the picture shows: pixels.
    var fullWidth: Int?
    var fullHeight: Int?
    var partWidth: Int?
    var partHeight: Int?
    var partLeft: Int?
    var partTop: Int?

    /// Reads attributes or elements; anything else is skipped.
    init(_ xmp: [UInt8]) {
        let text = String(decoding: xmp.prefix(1 << 20), as: UTF8.self)
        projection = Self.value("ProjectionType", in: text)?.lowercased()
        func number(_ name: String) -> Int? {
            // Some programs write 4096.0.
            Self.value(name, in: text).flatMap(Double.init).flatMap { Int(exactly: $0.rounded()) }
        }
        fullWidth = number("FullPanoWidthPixels")
        fullHeight = number("FullPanoHeightPixels")
        partWidth = number("CroppedAreaImageWidthPixels")
        partHeight = number("CroppedAreaImageHeightPixels")
        partLeft = number("CroppedAreaLeftPixels")
        partTop = number("CroppedAreaTopPixels")
    }

    /// Why the picture is not a whole sphere, as the end of a sentence; nil if nothing says so.
    var objection: String? {
        if let projection, projection != "equirectangular" {
            return "its metadata calls it \(printable(projection, limit: 40)), not equirectangular"
        }
        let isCut =
            Self.differ(partWidth, fullWidth) || Self.differ(partHeight, fullHeight) || (partLeft ?? 0) != 0
            || (partTop ?? 0) != 0
        guard isCut else { return nil }
        func size(_ width: Int?, _ height: Int?) -> String {
            "\(width.map(String.init) ?? "?") × \(height.map(String.init) ?? "?")"
        }
        return
            "according to its metadata it shows \(size(partWidth, partHeight)) pixels of a sphere of \(size(fullWidth, fullHeight))"
    }

    private static func differ(_ a: Int?, _ b: Int?) -> Bool {
        guard let a, let b else { return false }
        return a != b
    }

    /// `name="value"`, `name='value'` or `<prefix:name …>value<`, with any prefix.
    private static func value(_ name: String, in text: String) -> String? {
        var rest = text[...]
        while let found = rest.range(of: name) {
            rest = rest[found.upperBound...]
            let behind = rest.drop(while: \.isWhitespace)
            let value: Substring
            if behind.first == "=" {
                let quoted = behind.dropFirst().drop(while: \.isWhitespace)
                guard let quote = quoted.first, quote == "\"" || quote == "'" else { continue }
                value = quoted.dropFirst().prefix { $0 != quote }
            } else if behind.first == ">" {
                value = behind.dropFirst().prefix { $0 != "<" }
            } else {
                continue
            }
            let trimmed = value.trimmingCharacters(in: .whitespacesAndNewlines)
            if !trimmed.isEmpty { return trimmed }
        }
        return nil
    }
}
