import Foundation
package import Station

/// Renders the faces of the cube from an equirectangular panorama.
///
/// The front face looks at the panorama's middle column, and the upper edge is straight up; right in the picture is right in the world. The
/// faces have the orientation that the viewer expects (contract A.5), that of `CubeDirection`.
package struct CubeFaces: Sendable {
    private let panorama: Picture
    /// Pixels along one edge of a face.
    package let edge: Int

    /// The largest edge: no viewer shows more pixels.
    package static let largestEdge = 4096

    /// A quarter of the panorama's width, as usual, which keeps the number of pixels around the horizon.
    ///
    /// At most ``largestEdge``.
    package static func edge(ofWidth width: Int) -> Int { min(width / 4, largestEdge) }

    package init(_ panorama: Picture) {
        self.panorama = panorama
        edge = Self.edge(ofWidth: panorama.width)
    }

    /// Renders one face: each pixel samples the panorama in the direction of its centre, bilinear between four pixels.
    package func face(_ face: Face) -> Picture {
        let (edge, width, height) = (edge, panorama.width, panorama.height)
        let pixels = panorama.pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: edge * edge * 3) { target, count in
                for y in 0..<edge {
                    let v = (Double(y) + 0.5) / Double(edge)
                    for x in 0..<edge {
                        let direction = CubeDirection.direction(face: face, u: (Double(x) + 0.5) / Double(edge), v: v)
                        let around = atan2(-direction.x, -direction.y)
                        let level = (direction.x * direction.x + direction.y * direction.y).squareRoot()
                        let column = (around / (2 * .pi) + 0.5) * Double(width) - 0.5
                        let row = (0.5 - atan2(direction.z, level) / .pi) * Double(height) - 0.5
                        Self.sample(source, width, height, column, row, into: target, at: (y * edge + x) * 3)
                    }
                }
                count = edge * edge * 3
            }
        }
        return Picture(width: edge, height: edge, pixels: pixels)
    }

    /// Wraps around at the left and right edges; above the top row and below the bottom row it repeats that row.
    private static func sample(
        _ source: UnsafeBufferPointer<UInt8>,
        _ width: Int,
        _ height: Int,
        _ column: Double,
        _ row: Double,
        into target: UnsafeMutableBufferPointer<UInt8>,
        at index: Int
    ) {
        let (left, upper) = (column.rounded(.down), row.rounded(.down))
        let (right, lower) = (Float(column - left), Float(row - upper))
        let x0 = (Int(left) + width) % width
        let x1 = (x0 + 1) % width
        let y0 = max(0, min(height - 1, Int(upper)))
        let y1 = max(0, min(height - 1, Int(upper) + 1))
        Picture.blend(
            source,
            width: width,
            columns: (x0, x1),
            rows: (y0, y1),
            right: right,
            down: lower,
            into: target,
            at: index
        )
    }
}
