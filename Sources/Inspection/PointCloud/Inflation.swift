import CZlib

/// Unpacks a deflated stream (RFC 1951) piece by piece, and keeps nothing of it.
///
/// zlib remembers where its state lies, so it stays in one place.
final class Inflation {
    /// Why a stream cannot be unpacked.
    struct Damage: Error {}

    private let stream: UnsafeMutablePointer<z_stream>
    private var output = [UInt8](repeating: 0, count: 64 << 10)
    private(set) var isAtEnd = false

    /// - Throws: If there is no memory for it.
    init() throws(Damage) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Negative: no header and no checksum. `inflateInit2` is a macro, which Swift does not see.
        guard inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw Damage()
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Unpacks what the next bytes of the stream yield.
    ///
    /// - Parameters:
    ///   - bytes: None may follow the end of the stream.
    ///   - body: Called with at most 64 KiB at a time.
    func unpack(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) throws(Damage) -> Void
    ) throws(Damage) {
        // zlib only reads from it.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        stream.pointee.avail_in = UInt32(bytes.count)
        var isBufferFull = false
        while stream.pointee.avail_in > 0 || isBufferFull {
            guard !isAtEnd else { throw Damage() }
            try output.withUnsafeMutableBufferPointer { (buffer) throws(Damage) in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(buffer.count)
                let status = inflate(stream, Z_NO_FLUSH)
                // Nothing to do is no fault: the buffer may have been full by chance.
                guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else { throw Damage() }
                isAtEnd = status == Z_STREAM_END
                isBufferFull = stream.pointee.avail_out == 0 && !isAtEnd
                let count = buffer.count - Int(stream.pointee.avail_out)
                if count > 0 { try body(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer)[..<count])) }
            }
        }
    }
}
