/// A picture in memory: 8-bit RGB, row after row from the top.
package struct Picture: Sendable, Equatable {
    /// Pixels.
    package let width: Int
    package let height: Int
    /// `width` · `height` · 3 bytes.
    package var pixels: [UInt8]

    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(
            pixels.count == width * height * 3,
            "a picture of \(width) × \(height) pixels needs three bytes per pixel"
        )
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    package init(width: Int, height: Int, grey: UInt8) {
        self.init(width: width, height: height, pixels: [UInt8](repeating: grey, count: width * height * 3))
    }

    /// Why a file could not be decoded.
    package struct Undecodable: Error, CustomStringConvertible {
        package let description: String
    }

    /// Decodes a JPEG or PNG file that inspection has accepted; the limits are not checked again.
    ///
    /// - Parameters:
    ///   - file: The whole file.
    ///   - edge: The picture is decoded at the smallest fraction (for JPEGs 1, ½, ¼, ⅛) that has at least this many pixels along the shorter
    ///     edge; nil decodes it at full size.
    package static func decode(_ file: [UInt8], atLeast edge: Int? = nil) throws(Undecodable) -> Picture {
        do throws(ImageRefusal) {
            return try file.withUnsafeBufferPointer { (bytes) throws(ImageRefusal) -> Picture in
                switch FileKind.of(Array(bytes.prefix(FileKind.headLength))) {
                case .jpeg:
                    let facts = try JPEGStructure.facts(of: bytes)
                    let divisor = edge.map { JPEGDecoding.divisor(of: facts, atLeast: $0) } ?? 1
                    return try JPEGDecoding.decode(bytes, facts: facts, divisor: divisor, isQuick: false).picture
                case .png:
                    let facts = try PNGStructure.facts(of: bytes)
                    let divisor = edge.map { PNGDecoding.divisor(of: facts, atLeast: $0) } ?? 1
                    return try PNGDecoding.decode(bytes, facts: facts, divisor: divisor).picture
                default: throw .damaged("it is neither JPEG nor PNG")
                }
            }
        } catch {
            throw Undecodable(description: "\(error)")
        }
    }

    /// The picture, mirrored and turned.
    package func turned(_ turn: FaceTurn) -> Picture {
        let isUpright = turn.quarters.isMultiple(of: 2)
        let (newWidth, newHeight) = isUpright ? (width, height) : (height, width)
        var result = [UInt8]()
        result.reserveCapacity(pixels.count)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                // The pixel's position before the clockwise turn.
                var (fromX, fromY) =
                    switch turn.quarters {
                    case 1: (y, height - 1 - x)
                    case 2: (width - 1 - x, height - 1 - y)
                    case 3: (width - 1 - y, x)
                    default: (x, y)
                    }
                if turn.isMirrored { fromX = width - 1 - fromX }
                let start = (fromY * width + fromX) * 3
                result.append(contentsOf: pixels[start..<(start + 3)])
            }
        }
        return Picture(width: newWidth, height: newHeight, pixels: result)
    }
}
