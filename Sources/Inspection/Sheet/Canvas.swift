import CPNG

/// A picture to draw on.
struct Canvas {
    struct Colour: Sendable {
        var red: UInt8
        var green: UInt8
        var blue: UInt8

        static let white = Colour(red: 235, green: 235, blue: 235)
        static let green = Colour(red: 60, green: 200, blue: 90)
        static let amber = Colour(red: 240, green: 180, blue: 40)
        static let red = Colour(red: 240, green: 60, blue: 50)
        static let dim = Colour(red: 120, green: 120, blue: 120)
    }

    let width: Int
    let height: Int
    private(set) var pixels: [UInt8]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 24, count: width * height * 3)
    }

    /// Fills a rectangle, clipped to the picture.
    mutating func fill(x: Int, y: Int, width: Int, height: Int, _ colour: Colour) {
        let (rows, columns) = (y..<(y + height), x..<(x + width))
        for row in rows.clamped(to: 0..<self.height) {
            for column in columns.clamped(to: 0..<self.width) {
                let index = (row * self.width + column) * 3
                pixels[index] = colour.red
                pixels[index + 1] = colour.green
                pixels[index + 2] = colour.blue
            }
        }
    }

    /// Writes capitals with dots of `scale` pixels, as many letters as fit into `room` pixels, on a dark background.
    mutating func write(_ text: String, x: Int, y: Int, scale: Int, room: Int, _ colour: Colour) {
        let fitting = max(0, room / (BitmapFont.advance * scale))
        let glyphs = Array(BitmapFont.glyphs(text).prefix(fitting))
        let columns = BitmapFont.columns(of: glyphs)
        fill(
            x: x - scale,
            y: y - scale,
            width: (columns + 2) * scale,
            height: (BitmapFont.height + 2) * scale,
            Colour(red: 24, green: 24, blue: 24)
        )
        for row in 0..<BitmapFont.height {
            for column in 0..<columns where BitmapFont.isSet(glyphs, column: column, row: row) {
                fill(x: x + column * scale, y: y + row * scale, width: scale, height: scale, colour)
            }
        }
    }

    /// Draws a picture into a square of `edge` pixels: each pixel is the mean of those that it covers, or the nearest one.
    mutating func draw(_ picture: Picture, x: Int, y: Int, edge: Int) {
        for row in 0..<edge {
            let rows = range(row, of: edge, in: picture.height)
            for column in 0..<edge {
                let columns = range(column, of: edge, in: picture.width)
                let index = ((y + row) * width + x + column) * 3
                for channel in 0..<3 {
                    var sum = 0
                    for source in rows {
                        for sourceColumn in columns {
                            sum += Int(picture.pixels[(source * picture.width + sourceColumn) * 3 + channel])
                        }
                    }
                    pixels[index + channel] = UInt8(sum / (rows.count * columns.count))
                }
            }
        }
    }

    private func range(_ position: Int, of count: Int, in extent: Int) -> Range<Int> {
        let start = position * extent / count
        return start..<max(start + 1, (position + 1) * extent / count)
    }

    /// Encodes it as a PNG file; nil if libpng runs out of memory.
    func png() -> [UInt8]? {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = png_uint_32(PNG_FORMAT_RGB)
        defer { png_image_free(&image) }
        var size: png_alloc_size_t = 0
        guard png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil) != 0 else { return nil }
        var file = [UInt8](repeating: 0, count: Int(size))
        guard png_image_write_to_memory(&image, &file, &size, 0, pixels, 0, nil) != 0 else { return nil }
        return Array(file.prefix(Int(size)))
    }
}
