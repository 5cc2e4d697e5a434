import CPictures

/// Decodes JPEG data to check it.
enum JPEGDecoding {
    /// Pixels along the shorter edge that are enough for comparisons.
    static let enough = 256

    /// The largest reduction that libjpeg supports and that leaves at least `edge` pixels along the shorter edge.
    static func divisor(of facts: ImageFacts, atLeast edge: Int = enough) -> Int {
        [8, 4, 2].first { min(facts.width, facts.height) >= edge * $0 } ?? 1
    }

    /// Decodes all of the picture at a fraction of its size, which still reads every coefficient but costs half as much.
    ///
    /// - Parameter isQuick: Whether colours may be slightly off.
    /// - Returns: The picture, and the file's harmless flaws.
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
        if outcome.isOdd != 0 { oddities.append("an unusual header") }
        return (Picture(width: width, height: height, pixels: pixels), oddities)
    }
}

extension PictureOutcome {
    /// Nil if the picture is complete.
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
