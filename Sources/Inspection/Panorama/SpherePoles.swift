/// Checks whether a 2:1 picture can be a sphere by its top and bottom row: each is a single point of the sphere, so it has one colour.
enum SpherePoles {
    /// The number of pieces of a row that are compared.
    private static let pieces = 32
    /// The largest brightness difference between two pieces; stitching errors, grain and a lamp straight above stay below it.
    private static let tolerance = 64.0
    private static let black = 24.0

    /// Why the picture is not a sphere, as the end of a sentence; nil if it can be one.
    static func objection(to picture: Picture) -> String? {
        let rows = [("top", 0), ("bottom", picture.height - 1)]
        guard let (name, _) = rows.first(where: { spread(means(of: picture, row: $0.1)) > tolerance }) else {
            return nil
        }
        if isTwoCircles(picture) {
            return "it shows two fisheye circles side by side, as cameras store them before stitching"
        }
        return "its \(name) row of pixels has several colours, although it is a single point of the sphere"
    }

    /// Whether the corners and the gap between the halves are black, as with two circles.
    private static func isTwoCircles(_ picture: Picture) -> Bool {
        let corners = [0, picture.width / 2, picture.width - 1].flatMap { x in
            [0, picture.height - 1].map { brightness(picture, x: x, y: $0) }
        }
        return corners.allSatisfy { $0 < black }
    }

    private static func spread(_ means: [Double]) -> Double { (means.max() ?? 0) - (means.min() ?? 0) }

    private static func means(of picture: Picture, row: Int) -> [Double] {
        (0..<pieces).map { piece in
            let columns = (piece * picture.width / pieces)..<((piece + 1) * picture.width / pieces)
            return columns.reduce(0) { $0 + brightness(picture, x: $1, y: row) } / Double(max(1, columns.count))
        }
    }

    private static func brightness(_ picture: Picture, x: Int, y: Int) -> Double {
        let start = (y * picture.width + x) * 3
        return Double(Int(picture.pixels[start]) + Int(picture.pixels[start + 1]) + Int(picture.pixels[start + 2])) / 3
    }
}
