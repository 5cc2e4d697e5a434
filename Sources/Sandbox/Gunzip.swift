import CZlib

/// Why a gzip body can't be decoded, for the `message` of a 400.
struct GzipError: Error, CustomStringConvertible {
    let description: String
}

/// Decodes gzip (RFC 1952), as clients send JSON bodies with `Content-Encoding: gzip`.
///
/// A decoded body can't grow past `limit` bytes.
func gunzip(_ data: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
    var stream = z_stream()
    // 16 selects gzip's header and checksum instead of zlib's. `inflateInit2` is a macro, which Swift does not see.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, MAX_WBITS + 16, ZLIB_VERSION, size) == Z_OK else {
        throw GzipError(description: "The gzip body cannot be decoded: not enough memory")
    }
    defer { inflateEnd(&stream) }

    var input = data
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    return try input.withUnsafeMutableBufferPointer { (input) throws(GzipError) in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        while true {
            let (status, count) = chunk.withUnsafeMutableBufferPointer { chunk in
                stream.next_out = chunk.baseAddress
                stream.avail_out = UInt32(chunk.count)
                let status = inflate(&stream, Z_NO_FLUSH)
                return (status, chunk.count - Int(stream.avail_out))
            }
            guard output.count + count <= limit else { throw GzipError(description: "The decoded body is too large") }
            output.append(contentsOf: chunk[..<count])
            switch status {
            case Z_STREAM_END: return output
            case Z_OK where count > 0 || stream.avail_in > 0: continue
            case Z_OK, Z_BUF_ERROR: throw GzipError(description: "The gzip body is truncated")
            default: throw GzipError(description: "The body is not gzip, or is damaged")
            }
        }
    }
}
