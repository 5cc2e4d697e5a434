/// Whether a 2:1 picture can be a sphere by its uppermost and lowest row: each is one point of it, seen all around, so each has one colour.
enum SpherePoles {
    /// Pieces of a row that are compared.
    private static let pieces = 32
    /// Steps of brightness between the brightest and the darkest piece; stitching errors, grain and a lamp right above stay below.
    private static let tolerance = 64.0
    private static let black = 24.0

    /// Why the picture is no sphere, as the end of a sentence; nil where it can be one.
    static func objection(to picture: Picture) -> String? {
        let rows = [("uppermost", 0), ("lowest", picture.height - 1)]
        guard let (name, _) = rows.first(where: { spread(means(of: picture, row: $0.1)) > tolerance }) else {
            return nil
        }
        if isTwoCircles(picture) {
            return "it shows two fisheye circles side by side, as the camera stores them before they are stitched"
        }
        return "its \(name) row of pixels has several colours, though it is one point of the sphere"
    }

    /// Black in the corners and between the halves, as two circles leave it.
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
