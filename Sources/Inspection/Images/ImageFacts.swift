import Station

/// What an image file's header says, before any pixel is decoded.
struct ImageFacts: Equatable {
    var format: FaceImage.Format
    /// Pixels.
    var width: Int
    var height: Int
    var isGray = false
    var hasAlpha = false
    /// The TIFF structure of its EXIF data, as a range of the file's bytes; nil unless decoders find it.
    var exif: Range<Int>?
    /// Adobe's XMP data (XML), as a range of the file's bytes.
    var xmp: Range<Int>?
    /// Harmless flaws of the file, each in a few words.
    var oddities: [String] = []
    /// The parts of a PNG file that the pixels depend on.
    var chunks: [Range<Int>] = []
    /// The cost of decoding.
    var effort = DecodingEffort()
}

/// The cost of decoding a picture, going by its header.
struct DecodingEffort: Equatable {
    /// Bytes that the decoder needs besides the file itself.
    var memory = 0
    /// The decoder needs nothing of ``memory``, since it decodes line by line; false as long as only a part of the file is known.
    var isStreamed = false
    /// Blocks of 64 coefficients or pixels, counted once for each scan that covers them.
    var blocks = 0

    /// Above this a picture takes a second or more: only hostile or careless files do.
    static let blockLimit = 100_000_000
}

/// Why an image file is refused.
enum ImageRefusal: Error, Equatable {
    /// The data ends too early.
    case truncated
    /// The data is invalid; with the message of whichever check found it.
    case damaged(String)
    /// An unsupported kind of colour (CMYK, 12-bit, 16-bit), described.
    case colour(String)
    /// A coding that browsers do not decode, described.
    case coding(String)
    /// The MiB that decoding would take.
    case memory(Int)
    /// The million blocks and the scans that would have to be decoded.
    case work(blocks: Int, scans: Int)
}
