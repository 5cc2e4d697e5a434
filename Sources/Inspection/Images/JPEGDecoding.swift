import CTurboJPEG

/// Decodes JPEG data to find out whether it does.
enum JPEGDecoding {
    /// Decodes all of the picture at an eighth of its size, which reads every coefficient at half of the cost.
    ///
    /// Anything that libjpeg warns of is a refusal: a flipped byte in coded data shows as a warning or not at all.
    static func check(_ bytes: UnsafeBufferPointer<UInt8>, facts: ImageFacts) throws(ImageRefusal) {
        guard let handle = tjInitDecompress() else { throw .damaged("libjpeg-turbo did not start") }
        defer { tjDestroy(handle) }
        let (width, height) = ((facts.width + 7) / 8, (facts.height + 7) / 8)
        let flags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_FASTDCT | TJFLAG_FASTUPSAMPLE
        var result: Int32 = -1
        // Nobody looks at the picture; what counts is that the library got through.
        _ = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, _ in
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
    }
}
