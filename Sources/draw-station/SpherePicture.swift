import Foundation
import Inspection
import Station

/// The whole scene as one equirectangular picture, as the E57 standard has it: the middle looks along the image's +x axis, left of
/// it along +y.
struct SpherePicture {
    let height: Int
    var width: Int { 2 * height }
    /// Three bytes per pixel, row after row from the top.
    private let pixels: [UInt8]

    /// - Parameters:
    ///   - height: Pixels.
    ///   - pose: Takes the image's axes (x forward, y left, z up) to the CDF frame.
    init(height: Int, pose: Rotation, scene: Scene) {
        self.height = height
        let step = Double.pi / Double(height)
        let columns = (0..<2 * height).map { column in
            let azimuth = .pi - (Double(column) + 0.5) * step
            return (cos: cos(azimuth), sin: sin(azimuth))
        }
        pixels = [UInt8](unsafeUninitializedCapacity: 6 * height * height) { buffer, count in
            var index = 0
            for row in 0..<height {
                let elevation = .pi / 2 - (Double(row) + 0.5) * step
                let (level, up) = (cos(elevation), sin(elevation))
                for column in columns {
                    let direction = pose.applied(to: .init(x: level * column.cos, y: level * column.sin, z: up))
                    let colour = scene.colour(direction.x, direction.y, direction.z)
                    buffer[index] = UInt8(colour.red)
                    buffer[index + 1] = UInt8(colour.green)
                    buffer[index + 2] = UInt8(colour.blue)
                    index += 3
                }
            }
            count = index
        }
    }

    /// The picture as a JPEG file.
    func jpeg(quality: Int) throws(JPEGEncodingError) -> [UInt8] {
        try JPEGEncoding.encode(rgb: pixels, width: width, height: height, quality: quality)
    }
}
