import Station

/// What an image file's header says, before a pixel is decoded.
struct ImageFacts: Equatable {
    var format: FaceImage.Format
    /// Pixels.
    var width: Int
    var height: Int
    var isGray = false
    var hasAlpha = false
    /// The TIFF structure of its EXIF data, as a range of the file's bytes.
    var exif: Range<Int>?
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
}
