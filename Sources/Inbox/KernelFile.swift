import Glibc

/// A file that the kernel generates while it is read: `/proc`, `/sys`.
///
/// Such a file has no size, and a read gives what the kernel has at hand, a page at most: only an empty read is its end. A reader that takes
/// the first short read for the end gets only the first 4096 bytes of the mount table.
package enum KernelFile {
    /// More is never read.
    package static let limit = 16 << 20

    /// The whole text; nil where it cannot be read, or has no end below the limit.
    ///
    /// Blocks only as long as the kernel does.
    package static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return text { read(file, $0.baseAddress, $0.count) }
    }

    /// - Parameter read: Called to fill a buffer; returns the number of bytes, as read(2) does.
    static func text(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let got = chunk.withUnsafeMutableBytes(read)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return nil }
            // Names in it may be in any encoding; that must not lose the rest.
            if got == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<got]
            guard bytes.count <= limit else { return nil }
        }
    }
}
