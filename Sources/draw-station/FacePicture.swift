import Inspection
import Station

/// One face of the cube, drawn pixel by pixel from the directions that contract A.5 gives them.
struct FacePicture {
    let face: Face
    let edge: Int
    /// Three bytes per pixel, row after row from the top.
    private(set) var pixels: [UInt8]

    /// Draws the scene; neighbouring faces meet without a seam, as colours depend only on the direction.
    init(_ face: Face, edge: Int, rotation: Rotation, scene: Scene) {
        self.face = face
        self.edge = edge
        func world(_ u: Double, _ v: Double) -> Vector3 {
            rotation.applied(to: CubeDirection.direction(face: face, u: u, v: v))
        }
        // Directions change linearly over a face, so three corners determine them all.
        let (origin, right, down) = (world(0, 0), world(1, 0), world(0, 1))
        let size = Double(edge)
        let across = Vector3(
            x: (right.x - origin.x) / size,
            y: (right.y - origin.y) / size,
            z: (right.z - origin.z) / size
        )
        let downward = Vector3(
            x: (down.x - origin.x) / size,
            y: (down.y - origin.y) / size,
            z: (down.z - origin.z) / size
        )
        pixels = [UInt8](unsafeUninitializedCapacity: edge * edge * 3) { buffer, count in
            var index = 0
            for row in 0..<edge {
                let v = Double(row) + 0.5
                var x = origin.x + downward.x * v + across.x / 2
                var y = origin.y + downward.y * v + across.y / 2
                var z = origin.z + downward.z * v + across.z / 2
                for _ in 0..<edge {
                    let colour = scene.colour(x, y, z)
                    buffer[index] = UInt8(colour.red)
                    buffer[index + 1] = UInt8(colour.green)
                    buffer[index + 2] = UInt8(colour.blue)
                    index += 3
                    x += across.x
                    y += across.y
                    z += across.z
                }
            }
            count = index
        }
    }

    /// Writes one line of text onto the picture, centred, white with a dark outline.
    ///
    /// - Parameters:
    ///   - text: Cut to what fits between the edges.
    ///   - top: Where the letters begin, 0…1 of the edge from above.
    ///   - height: The letters' height, 0…1 of the edge.
    mutating func write(_ text: String, top: Double, height: Double) {
        let dot = max(1, Int(Double(edge) * height) / BitmapFont.height)
        let room = (edge - 4 * dot) / (dot * BitmapFont.advance)
        let glyphs = Array(BitmapFont.glyphs(text).prefix(max(0, room)))
        let columns = BitmapFont.columns(of: glyphs)
        let (left, upper) = ((edge - columns * dot) / 2, Int(Double(edge) * top))
        let rim = max(1, dot / 4)
        for pass in [true, false] {
            for row in 0..<BitmapFont.height {
                for column in 0..<columns where BitmapFont.isSet(glyphs, column: column, row: row) {
                    let (x, y) = (left + column * dot, upper + row * dot)
                    if pass {
                        fill(x: x - rim, y: y - rim, size: dot + 2 * rim, value: 24)
                    } else {
                        fill(x: x, y: y, size: dot, value: 255)
                    }
                }
            }
        }
    }

    private mutating func fill(x: Int, y: Int, size: Int, value: UInt8) {
        let (left, right) = (max(0, x), min(edge, x + size))
        guard left < right else { return }
        for row in max(0, y)..<max(0, min(edge, y + size)) {
            for index in (row * edge + left) * 3..<(row * edge + right) * 3 { pixels[index] = value }
        }
    }

    /// The picture as a JPEG file.
    func jpeg(quality: Int) throws(JPEGEncodingError) -> [UInt8] {
        try JPEGEncoding.encode(rgb: pixels, width: edge, height: edge, quality: quality)
    }
}
