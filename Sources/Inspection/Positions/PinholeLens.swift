package import E57
package import Station

/// How a pinhole camera maps directions to its picture; pixels, counted from the picture's upper left corner, so that a pixel's centre is at ½.
package struct PinholeLens: Equatable, Sendable {
    /// The focal length in pixels, along rows and along columns.
    package var focal: (x: Double, y: Double)
    package var centre: (x: Double, y: Double)
    package var width: Int
    package var height: Int

    package static func == (a: PinholeLens, b: PinholeLens) -> Bool {
        a.focal == b.focal && a.centre == b.centre && a.width == b.width && a.height == b.height
    }

    package init(focal: (x: Double, y: Double), centre: (x: Double, y: Double), width: Int, height: Int) {
        (self.focal, self.centre, self.width, self.height) = (focal, centre, width, height)
    }

    /// Nil if it is no pinhole, or its numbers make no camera.
    package init?(_ projection: E57Projection, width: Int, height: Int) {
        guard case .pinhole(let focalLength, let pixelWidth, let pixelHeight, let x, let y) = projection else {
            return nil
        }
        let focal = (x: focalLength / pixelWidth, y: focalLength / pixelHeight)
        let isPlausible = [focal.x, focal.y].allSatisfy { $0.isFinite && $0 > 1 && $0 < 1e7 }
        guard isPlausible, pixelWidth > 0, pixelHeight > 0, [x, y].allSatisfy({ abs($0) < 1e7 }) else { return nil }
        self.init(focal: focal, centre: (x, y), width: width, height: height)
    }

    /// Where `direction` is in the picture: standard camera frame, any length; nil behind the camera.
    package func position(of direction: Vector3) -> (x: Double, y: Double)? {
        guard direction.z < 0 else { return nil }
        return (
            centre.x - direction.x / direction.z * focal.x,
            centre.y + direction.y / direction.z * focal.y
        )
    }

    /// Whether the picture is one face of a cube: square, 90° wide, with its axis in the middle.
    package var isFaceOfCube: Bool {
        let edge = Double(width)
        // Half a pixel more: some writers count from the middle of the first pixel.
        let slack = Self.tolerance * edge + 0.5
        return width == height && abs(2 * focal.x - edge) <= Self.tolerance * edge
            && abs(2 * focal.y - edge) <= Self.tolerance * edge && abs(centre.x - edge / 2) <= slack
            && abs(centre.y - edge / 2) <= slack
    }

    /// Of the field of view: a fraction.
    private static let tolerance = 0.001

    /// The same camera with a picture that was made smaller.
    func scaled(to width: Int, _ height: Int) -> PinholeLens {
        let (x, y) = (Double(width) / Double(self.width), Double(height) / Double(self.height))
        return PinholeLens(
            focal: (focal.x * x, focal.y * y),
            centre: (centre.x * x, centre.y * y),
            width: width,
            height: height
        )
    }
}
