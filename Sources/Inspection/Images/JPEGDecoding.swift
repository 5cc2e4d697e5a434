import CTurboJPEG

/// Decodes JPEG data to find out whether it does.
enum JPEGDecoding {
    /// Decodes all of the picture at an eighth of its size where that is large enough to look at, which reads every coefficient
    /// at half of the cost.
    ///
    /// Anything that libjpeg warns of is a refusal: a flipped byte in coded data shows as a warning or not at all.
    ///
    /// - Returns: The picture's edges; nil where it is not square.
    static func check(
        _ bytes: UnsafeBufferPointer<UInt8>,
        facts: ImageFacts
    ) throws(ImageRefusal) -> FaceBorder? {
        guard let handle = tjInitDecompress() else { throw .damaged("libjpeg-turbo did not start") }
        defer { tjDestroy(handle) }
        let divisor = [8, 4, 2].first { facts.width >= Self.enough * $0 } ?? 1
        let (width, height) = ((facts.width + divisor - 1) / divisor, (facts.height + divisor - 1) / divisor)
        let flags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_FASTDCT | TJFLAG_FASTUPSAMPLE
        var result: Int32 = -1
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
            count = width * height * 3
            result = tjDecompress2(
                handle,
                bytes.baseAddress,
                UInt(bytes.count),
                pixels.baseAddress,
                Int32(width),
                0,
                Int32(height),
                Int32(TJPF_RGB.rawValue),
                flags
            )
        }
        guard result == 0 else {
            let words = tjGetErrorStr2(handle).map { String(cString: $0) } ?? "no reason given"
            throw words.contains("Premature end") ? .truncated : .damaged(words)
        }
        guard width == height else { return nil }
        return pixels.withUnsafeBufferPointer { FaceBorder(pixels: $0, edge: width, channels: 3) }
    }

    /// Pixels along an edge that show what there is to see at it.
    private static let enough = 256
}
