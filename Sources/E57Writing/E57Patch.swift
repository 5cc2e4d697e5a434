import E57

/// Changes bytes of an E57 file, for tests of files that lie: the checksums say nevertheless that all is well.
package enum E57Patch {
    /// Puts `bytes` at a physical offset of `file` and makes the checksums of the pages right again.
    ///
    /// Bytes that would be in a checksum are not skipped: they are overwritten by the right one.
    package static func put(_ bytes: [UInt8], at offset: Int64, in file: inout [UInt8]) {
        file.replaceSubrange(Int(offset)..<Int(offset) + bytes.count, with: bytes)
        reseal(&file, pages: Int(offset / E57Pages.size)...Int((offset + Int64(bytes.count) - 1) / E57Pages.size))
    }

    /// Little-endian, as all numbers of the file.
    package static func put(_ number: UInt64, at offset: Int64, in file: inout [UInt8]) {
        put(littleEndian(Int64(bitPattern: number), 8), at: offset, in: &file)
    }

    /// Makes the checksums of all whole pages right.
    package static func reseal(_ file: inout [UInt8]) {
        let pages = file.count / Int(E57Pages.size)
        if pages > 0 { reseal(&file, pages: 0...pages - 1) }
    }

    private static func reseal(_ file: inout [UInt8], pages: ClosedRange<Int>) {
        let size = Int(E57Pages.size)
        for page in pages where (page + 1) * size <= file.count {
            let end = (page + 1) * size - 4
            let sum = file[page * size..<end].withUnsafeBytes { CRC32C.of($0) }
            file.replaceSubrange(end..<end + 4, with: littleEndian(Int64(sum), 4).reversed())
        }
    }
}
