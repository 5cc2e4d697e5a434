import Inspection
import Foundation

/// The band above the horizon: a tick per degree, numbers every 30° and the four letters, at their true azimuths.
struct Compass: Sendable {
    /// The band's height, in degrees of elevation.
    static let height = 9.0

    private struct Label {
        /// Degrees clockwise from +Y of the text's middle.
        var azimuth: Double
        var glyphs: [BitmapFont.Glyph]
        /// Degrees per dot of the font.
        var dot: Double
        var isLetter: Bool
    }

    enum Mark {
        case tick, number, letter
    }

    private let labels: [Label]
    private static let labelFoot = 2.2

    init() {
        labels = (0..<12).map { index in
            let azimuth = index * 30
            let letter = [0: "N", 90: "E", 180: "S", 270: "W"][azimuth]
            let text = letter ?? String(repeating: "0", count: azimuth < 100 ? 1 : 0) + String(azimuth)
            return Label(
                azimuth: Double(azimuth),
                glyphs: BitmapFont.glyphs(text),
                dot: letter == nil ? 0.36 : 0.9,
                isLetter: letter != nil
            )
        }
    }

    /// The mark at an azimuth (0…360) and an elevation (0…``height``), both in degrees; nil for plain sky.
    func mark(azimuth: Double, elevation: Double) -> Mark? {
        if elevation < 2 {
            let nearest = azimuth.rounded()
            let degree = Int(nearest)
            let (length, width) = degree % 30 == 0 ? (1.9, 0.2) : degree % 10 == 0 ? (1.3, 0.14) : (0.6, 0.09)
            return elevation < length && abs(azimuth - nearest) < width ? .tick : nil
        }
        let label = labels[Int((azimuth / 30).rounded()) % 12]
        var offset = azimuth - label.azimuth
        if offset > 180 { offset -= 360 }
        let column = (offset / label.dot + Double(BitmapFont.columns(of: label.glyphs)) / 2).rounded(.down)
        let row = Double(BitmapFont.height) - ((elevation - Self.labelFoot) / label.dot).rounded(.down) - 1
        guard BitmapFont.isSet(label.glyphs, column: Int(column), row: Int(row)) else { return nil }
        return label.isLetter ? .letter : .number
    }
}
