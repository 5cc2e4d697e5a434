import CPNG

/// Decodes PNG data to find out whether it does.
enum PNGDecoding {
    /// Decodes all of the picture; `facts` have passed every limit.
    ///
    /// libpng's simplified interface has no reduced sizes. Gray takes a third of the memory that colours would: 4 MiB for a face
    /// of 2048 pixels.
    ///
    /// - Returns: The picture's edges; nil where it is not square.
    static func check(
        _ bytes: UnsafeBufferPointer<UInt8>,
        facts: ImageFacts
    ) throws(ImageRefusal) -> FaceBorder? {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
            throw .damaged(words(of: image))
        }
        guard Int(image.width) == facts.width, Int(image.height) == facts.height else {
            throw .damaged("it has two sizes")
        }
        image.format = png_uint_32(PNG_FORMAT_GRAY)
        var background = png_color(red: 0, green: 0, blue: 0)
        var result: Int32 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: facts.width * facts.height) { pixels, count in
            count = facts.width * facts.height
            result = png_image_finish_read(&image, &background, pixels.baseAddress, 0, nil)
        }
        guard result != 0 else {
            let words = words(of: image)
            throw words.contains("Not enough") ? .truncated : .damaged(words)
        }
        guard facts.width == facts.height else { return nil }
        return pixels.withUnsafeBufferPointer { FaceBorder(pixels: $0, edge: facts.width, channels: 1) }
    }

    private static func words(of image: png_image) -> String {
        withUnsafeBytes(of: image.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
