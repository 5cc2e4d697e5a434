/// The pages of an E57 file: 1020 bytes of content and their checksum each.
///
/// Physical positions count the checksums, logical ones do not.
package enum E57Pages {
    /// Of a page on the disk, in bytes.
    package static let size: Int64 = E57Header.pageSize
    /// Of a page's content, in bytes.
    package static let content: Int64 = size - 4

    package static func physical(_ logical: Int64) -> Int64 { logical / content * size + logical % content }

    /// Nil within a checksum, where nothing can be.
    package static func logical(_ physical: Int64) -> Int64? {
        physical % size < content ? physical / size * content + physical % size : nil
    }

    /// The index of the first page whose last four bytes, big-endian, are not the checksum of the others.
    ///
    /// - Parameter block: Whole pages; a rest is not looked at.
    package static func firstDamaged(in block: [UInt8]) -> Int? {
        let size = Int(size)
        return block.withUnsafeBytes { bytes in
            (0..<bytes.count / size).first { number in
                let content = UnsafeRawBufferPointer(rebasing: bytes[number * size..<(number + 1) * size - 4])
                let stored = bytes.loadUnaligned(fromByteOffset: (number + 1) * size - 4, as: UInt32.self)
                return CRC32C.of(content) != UInt32(bigEndian: stored)
            }
        }
    }
}
