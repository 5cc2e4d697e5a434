import CPictures

/// Decodes JPEG data to find out whether it does.
enum JPEGDecoding {
    /// Pixels along the shorter edge that show what there is to see.
    static let enough = 256

    /// The largest of the fractions that libjpeg can decode at and that leaves so many pixels.
    static func divisor(of facts: ImageFacts, atLeast edge: Int = enough) -> Int {
        [8, 4, 2].first { min(facts.width, facts.height) >= edge * $0 } ?? 1
    }

    /// Decodes all of the picture at a fraction of its size where that is large enough to look at, which reads every coefficient
    /// at half of the cost.
    ///
    /// - Parameter isQuick: Colours may be off by a little.
    /// - Returns: The picture, and what is odd about the file.
    static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>,
        facts: ImageFacts,
        divisor: Int,
        isQuick: Bool
    ) throws(ImageRefusal) -> (picture: Picture, oddities: [String]) {
        let (width, height) = ((facts.width + divisor - 1) / divisor, (facts.height + divisor - 1) / divisor)
        var outcome = PictureOutcome()
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
            outcome = picture_decode_jpeg(
                bytes.baseAddress,
                bytes.count,
                UInt32(facts.width),
                UInt32(facts.height),
                UInt32(divisor),
                isQuick ? 1 : 0,
                pixels.baseAddress
            )
            count = outcome.result == PICTURE_WHOLE ? width * height * 3 : 0
        }
        if let refusal = outcome.refusal { throw refusal }
        var oddities: [String] = []
        if outcome.strayBytes > 0, facts.oddities.isEmpty { oddities.append("stray bytes after its picture data") }
        if outcome.isOdd != 0 { oddities.append("a header of an unusual kind") }
        return (Picture(width: width, height: height, pixels: pixels), oddities)
    }
}

extension PictureOutcome {
    /// Nil where the picture is whole.
    var refusal: ImageRefusal? {
        switch result {
        case PICTURE_WHOLE: nil
        case PICTURE_TRUNCATED: .truncated
        default: .damaged(words)
        }
    }

    private var words: String {
        withUnsafeBytes(of: message) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
