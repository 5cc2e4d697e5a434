import Glibc

/// A file that the kernel makes up while it is read: `/proc`, `/sys`.
///
/// Such a file has no size, and a read gives what the kernel has at hand, a page at most: only a read of nothing is its end. Whoever takes
/// the first short read for it gets the mount table to its first 4096 bytes.
package enum KernelFile {
    /// More is not read, whatever the kernel says.
    package static let limit = 16 << 20

    /// The whole text; nil where it cannot be read, or has no end below the limit.
    ///
    /// Blocks, as little as the kernel does.
    package static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return text { read(file, $0.baseAddress, $0.count) }
    }

    /// - Parameter read: Fills a buffer and says how far, as read(2) does.
    static func text(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let got = chunk.withUnsafeMutableBytes(read)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return nil }
            // Names in it may be in any encoding; the rest must not be lost for that.
            if got == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<got]
            guard bytes.count <= limit else { return nil }
        }
    }
}
