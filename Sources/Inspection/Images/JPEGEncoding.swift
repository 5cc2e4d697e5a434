import CTurboJPEG

/// Why a picture could not be written as a JPEG.
package struct JPEGEncodingError: Error, Equatable, CustomStringConvertible {
    /// A sentence that includes libjpeg-turbo's message if there is one.
    package var description: String
}

/// Writes JPEG files.
///
/// drop360 never re-encodes the faces that a crew delivered. This is for faces rendered from a panorama, and for stations drawn for the
/// demo and the tests.
package enum JPEGEncoding {
    /// The longest edge that the format can hold.
    private static let largestEdge = 65500

    /// Encodes one picture as a baseline or progressive JPEG with chroma subsampling 4:2:0.
    ///
    /// - Parameters:
    ///   - rgb: Three bytes per pixel, row after row from the top, without padding.
    ///   - width: Pixels.
    ///   - height: Pixels.
    ///   - quality: 1…100.
    ///   - progressive: Whether the picture is stored in several scans.
    /// - Returns: The file's bytes.
    /// - Throws: ``JPEGEncodingError`` if the arguments are inconsistent or the library refuses them.
    package static func encode(
        rgb: [UInt8],
        width: Int,
        height: Int,
        quality: Int,
        progressive: Bool = false
    ) throws(JPEGEncodingError) -> [UInt8] {
        let edges = 1...largestEdge
        guard edges.contains(width), edges.contains(height), rgb.count == width * height * 3 else {
            throw JPEGEncodingError(
                description: "\(rgb.count) bytes are not an RGB picture of \(width) × \(height) pixels."
            )
        }
        guard (1...100).contains(quality) else {
            throw JPEGEncodingError(description: "The quality of a JPEG must be 1 to 100, not \(quality).")
        }
        guard let handle = tjInitCompress() else {
            throw JPEGEncodingError(description: "libjpeg-turbo did not start: \(lastError(of: nil)).")
        }
        defer { tjDestroy(handle) }
        var buffer: UnsafeMutablePointer<UInt8>?
        // The library allocates and enlarges the buffer, even if it fails half-way.
        defer { tjFree(buffer) }
        var size: UInt = 0
        let flags = progressive ? TJFLAG_PROGRESSIVE : 0
        let result = rgb.withUnsafeBufferPointer { pixels in
            tjCompress2(
                handle,
                pixels.baseAddress,
                Int32(width),
                0,
                Int32(height),
                Int32(TJPF_RGB.rawValue),
                &buffer,
                &size,
                Int32(TJSAMP_420.rawValue),
                Int32(quality),
                flags
            )
        }
        guard result == 0, let buffer else {
            throw JPEGEncodingError(description: "libjpeg-turbo refused the picture: \(lastError(of: handle)).")
        }
        return Array(UnsafeBufferPointer(start: buffer, count: Int(size)))
    }

    private static func lastError(of handle: tjhandle?) -> String {
        tjGetErrorStr2(handle).map { String(cString: $0) } ?? "no reason given"
    }
}
