import Station

/// What an image file's header says, before a pixel is decoded.
struct ImageFacts: Equatable {
    var format: FaceImage.Format
    /// Pixels.
    var width: Int
    var height: Int
    var isGray = false
    var hasAlpha = false
    /// The TIFF structure of its EXIF data, as a range of the file's bytes; only where decoders find it.
    var exif: Range<Int>?
    /// Adobe's XMP data, which are XML, as a range of the file's bytes.
    var xmp: Range<Int>?
    /// What is odd about the file and does no harm, each in a few words.
    var oddities: [String] = []
    /// Of a PNG: the parts of the file that the pixels depend on.
    var chunks: [Range<Int>] = []
    /// What decoding costs.
    var effort = DecodingEffort()
}

/// What decoding a picture costs, by its header.
struct DecodingEffort: Equatable {
    /// Bytes that the decoder keeps besides the file itself.
    var memory = 0
    /// Blocks of 64 coefficients, or of 64 pixels, each counted once for each scan that goes over it.
    var blocks = 0

    /// Over this a picture takes a second or more: only hostile or careless files do.
    static let blockLimit = 100_000_000
}

/// Why an image file is refused.
enum ImageRefusal: Error, Equatable {
    /// The data end too early.
    case truncated
    /// The data make no sense; in the words of who noticed.
    case damaged(String)
    /// CMYK, 12-bit, 16-bit: what it is.
    case colour(String)
    /// A coding that browsers do not decode: what it is.
    case coding(String)
    /// Decoding would take so many MiB.
    case memory(Int)
    /// Decoding would go over so many million blocks, in so many scans.
    case work(blocks: Int, scans: Int)
}
