import CPNG
import CTurboJPEG

/// A picture in memory: 8-bit RGB, row after row from the top.
package struct Picture: Sendable, Equatable {
    /// Pixels.
    package let width: Int
    package let height: Int
    /// `width` · `height` · 3 bytes.
    package var pixels: [UInt8]

    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height * 3, "a picture of \(width) × \(height) has three bytes per pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    package init(width: Int, height: Int, grey: UInt8) {
        self.init(width: width, height: height, pixels: [UInt8](repeating: grey, count: width * height * 3))
    }

    /// Why a file gave no picture.
    package struct Undecodable: Error, CustomStringConvertible {
        package let description: String
    }

    /// Decodes a JPEG or PNG file that inspection has let through: its size is taken for granted.
    ///
    /// - Parameters:
    ///   - file: All of it.
    ///   - edge: JPEGs are decoded at the smallest of their fractions (1, ½, ¼, ⅛) that has at least so many pixels along the shorter
    ///     edge; nil decodes all of them.
    package static func decode(_ file: [UInt8], atLeast edge: Int? = nil) throws(Undecodable) -> Picture {
        switch FileKind.of(file) {
        case .jpeg: return try decodeJPEG(file, atLeast: edge)
        case .png: return try decodePNG(file)
        default: throw Undecodable(description: "it is neither JPEG nor PNG")
        }
    }

    private static func decodeJPEG(_ file: [UInt8], atLeast edge: Int?) throws(Undecodable) -> Picture {
        guard let handle = tjInitDecompress() else { throw Undecodable(description: "libjpeg-turbo did not start") }
        defer { tjDestroy(handle) }
        var (full, tall, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        guard
            tjDecompressHeader3(handle, file, UInt(file.count), &full, &tall, &sampling, &space) == 0
        else { throw Undecodable(description: words(of: handle)) }
        let divisor = edge.map { edge in [8, 4, 2].first { min(Int(full), Int(tall)) >= edge * $0 } ?? 1 } ?? 1
        let (width, height) = ((Int(full) + divisor - 1) / divisor, (Int(tall) + divisor - 1) / divisor)
        var result: Int32 = -1
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
            result = tjDecompress2(
                handle,
                file,
                UInt(file.count),
                pixels.baseAddress,
                Int32(width),
                0,
                Int32(height),
                Int32(TJPF_RGB.rawValue),
                TJFLAG_LIMITSCANS | TJFLAG_STOPONWARNING
            )
            count = width * height * 3
        }
        guard result == 0 else { throw Undecodable(description: words(of: handle)) }
        return Picture(width: width, height: height, pixels: pixels)
    }

    private static func words(of handle: tjhandle) -> String {
        tjGetErrorStr2(handle).map { String(cString: $0) } ?? "no reason given"
    }

    private static func decodePNG(_ file: [UInt8]) throws(Undecodable) -> Picture {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        guard png_image_begin_read_from_memory(&image, file, file.count) != 0 else {
            throw Undecodable(description: "libpng cannot read it")
        }
        image.format = png_uint_32(PNG_FORMAT_RGB)
        let (width, height) = (Int(image.width), Int(image.height))
        var background = png_color(red: 0, green: 0, blue: 0)
        var result: Int32 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
            result = png_image_finish_read(&image, &background, pixels.baseAddress, 0, nil)
            count = width * height * 3
        }
        guard result != 0 else { throw Undecodable(description: "libpng cannot decode it") }
        return Picture(width: width, height: height, pixels: pixels)
    }

    /// The picture mirrored and turned.
    package func turned(_ turn: FaceTurn) -> Picture {
        let isUpright = turn.quarters.isMultiple(of: 2)
        let (newWidth, newHeight) = isUpright ? (width, height) : (height, width)
        var result = [UInt8]()
        result.reserveCapacity(pixels.count)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                // Where the pixel was before it was turned clockwise.
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
