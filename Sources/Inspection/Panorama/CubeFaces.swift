import Foundation
package import Station

/// Renders the faces of the cube out of an equirectangular panorama.
///
/// The panorama's middle column is where the front face looks, its upper edge is straight up; right in the picture is right in the world. The
/// faces come out in the orientation that the viewer wants (contract A.5), which is that of `CubeDirection`.
package struct CubeFaces: Sendable {
    private let panorama: Picture
    /// Pixels along one edge of a face.
    package let edge: Int

    /// The largest edge: more pixels than these no viewer shows.
    package static let largestEdge = 4096

    /// A quarter of the panorama's width, as usual: as many pixels around the horizon as the panorama has.
    ///
    /// At most ``largestEdge``.
    package static func edge(ofWidth width: Int) -> Int { min(width / 4, largestEdge) }

    package init(_ panorama: Picture) {
        self.panorama = panorama
        edge = Self.edge(ofWidth: panorama.width)
    }

    /// One face: each pixel is what the panorama shows in the direction of its middle, bilinear between four pixels.
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

    /// Left and right edge are one; above the uppermost row there is nothing but that row.
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
        for channel in 0..<3 {
            let a = Float(source[(y0 * width + x0) * 3 + channel])
            let b = Float(source[(y0 * width + x1) * 3 + channel])
            let c = Float(source[(y1 * width + x0) * 3 + channel])
            let d = Float(source[(y1 * width + x1) * 3 + channel])
            let above = a + (b - a) * right
            let below = c + (d - c) * right
            target[index + channel] = UInt8(above + (below - above) * lower + 0.5)
        }
    }
}
