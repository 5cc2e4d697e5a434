import Foundation
import Inspection
import Station
import Synchronization

/// Draws the faces of one artificial cube whose seams match, and caches the encoded files.
enum FacePainter {
    private struct Key: Hashable {
        var face: Face
        var edge: Int
        var quality: Int
        var progressive: Bool
    }

    private static let jpegs = Mutex<[Key: [UInt8]]>([:])
    private static let pngPixels = Mutex<[Key: [UInt8]]>([:])

    /// A JPEG of `face`; the same pixels for every seed, with the seed in a comment segment.
    static func jpeg(
        _ face: Face,
        edge: Int,
        quality: Int,
        progressive: Bool,
        seed: Int
    ) throws(JPEGEncodingError) -> [UInt8] {
        let key = Key(face: face, edge: edge, quality: quality, progressive: progressive)
        var file: [UInt8]
        if let known = jpegs.withLock({ $0[key] }) {
            file = known
        } else {
            file = try JPEGEncoding.encode(
                rgb: rgb(face, edge: edge),
                width: edge,
                height: edge,
                quality: quality,
                progressive: progressive
            )
            jpegs.withLock { $0[key] = file }
        }
        // After SOI and the JFIF segment, which has to come first.
        let jfifEnd = 4 + Int(file[4]) << 8 + Int(file[5])
        let comment = Array("drop360 test, seed \(seed), \(face.rawValue)".utf8)
        file.insert(contentsOf: [0xFF, 0xFE, 0, UInt8(comment.count + 2)] + comment, at: jfifEnd)
        return file
    }

    /// A PNG of `face`; the same pixels for every seed, with the seed in a text chunk.
    static func png(_ face: Face, edge: Int, seed: Int) -> [UInt8] {
        let key = Key(face: face, edge: edge, quality: 0, progressive: false)
        let pixels: [UInt8]
        if let known = pngPixels.withLock({ $0[key] }) {
            pixels = known
        } else {
            pixels = PNGWriter.pixels(rgb: rgb(face, edge: edge), edge: edge)
            pngPixels.withLock { $0[key] = pixels }
        }
        return PNGWriter.assemble(edge: edge, comment: "seed \(seed), \(face.rawValue)", pixels: pixels)
    }

    /// The pixels of `face`: flat cells, whose colours depend on the direction alone.
    ///
    /// The outermost cells are coloured as the seam itself, so that neighbouring faces agree there exactly.
    static func rgb(_ face: Face, edge: Int) -> [UInt8] {
        let cells = min(64, edge)
        var picture: [UInt8] = []
        picture.reserveCapacity(edge * edge * 3)
        var row: [UInt8] = []
        var paintedRow = -1
        for y in 0..<edge {
            let cellRow = y * cells / edge
            if cellRow != paintedRow {
                paintedRow = cellRow
                row = paint(row: cellRow, of: cells, face: face, edge: edge)
            }
            picture += row
        }
        return picture
    }

    private static func paint(row: Int, of cells: Int, face: Face, edge: Int) -> [UInt8] {
        let last = Double(max(1, cells - 1))
        let colours = (0..<cells).map { column in
            colour(CubeDirection.direction(face: face, u: Double(column) / last, v: Double(row) / last))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(edge * 3)
        for x in 0..<edge { bytes += colours[x * cells / edge] }
        return bytes
    }

    /// Waves of several directions and lengths, so that rotating or mirroring a face always changes its edges.
    private static func colour(_ direction: Vector3) -> [UInt8] {
        let length = direction.distance(to: Vector3(x: 0, y: 0, z: 0))
        let (x, y, z) = (direction.x / length, direction.y / length, direction.z / length)
        let waves = [
            sin(5.1 * x + 2.3 * y - 1.7 * z) + sin(9.3 * y + 3.1 * z),
            sin(4.3 * y - 3.9 * z + 0.7) + sin(8.7 * z + 5.9 * x + 1.1),
            sin(6.1 * z + 1.9 * x - 0.4) + sin(7.3 * x - 6.7 * y + 2.0),
        ]
        return waves.map { UInt8(128 + 60 * $0) }
    }
}
