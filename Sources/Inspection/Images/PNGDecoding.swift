import CPictures

/// Decodes PNG data to check it.
enum PNGDecoding {
    /// The reduction that leaves at least `edge` pixels along the shorter edge: each pixel is the mean of `divisor` · `divisor` of the file's.
    static func divisor(of facts: ImageFacts, atLeast edge: Int = JPEGDecoding.enough) -> Int {
        max(1, min(facts.width, facts.height) / edge)
    }

    /// Decodes all of the picture, row by row unless it is interlaced; `facts` must have passed every limit.
    ///
    /// - Returns: The picture, and the file's harmless flaws.
    static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>,
        facts: ImageFacts,
        divisor: Int
    ) throws(ImageRefusal) -> (picture: Picture, oddities: [String]) {
        let (width, height) = (facts.width / divisor, facts.height / divisor)
        let chunks = facts.chunks.map { PictureRange(offset: $0.lowerBound, length: $0.count) }
        var outcome = PictureOutcome()
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
            outcome = picture_decode_png(
                bytes.baseAddress,
                chunks,
                chunks.count,
                UInt32(facts.width),
                UInt32(facts.height),
                UInt32(divisor),
                pixels.baseAddress
            )
            count = outcome.result == PICTURE_WHOLE ? width * height * 3 : 0
        }
        if let refusal = outcome.refusal { throw refusal }
        let oddities = outcome.isOdd != 0 ? ["unusual chunks"] : []
        return (Picture(width: width, height: height, pixels: pixels), oddities)
    }
}
