import CZlib

/// A zip archive, as simple programs write it, or as it should not be.
struct DrawnZip {
    struct Member {
        var name: String
        var bytes: [UInt8]
        var flags = 0
        var method = 0
        /// What stands in the archive; nil for the bytes as they are.
        var packed: [UInt8]?
        /// What the archive says of the unpacked content; nil for the truth.
        var checksum: UInt32?
        var size: Int?
        /// What the member's own header says, where that differs.
        var ownName: String?
        var ownMethod: Int?
        /// The directory says that it is where the first member is.
        var isAtFirst = false
    }

    var members: [Member]
    /// The directory's numbers are in 64 bits, and those in 32 say so.
    var isLarge = false
    /// Checksums and sizes come after the content, as where an archive is written to a pipe.
    var hasDescriptors = false
    /// What the directory says instead of the true number of members.
    var count: Int?
    var comment = ""

    /// - Parameter bytes: What each of the files holds; nil for a small E57 file.
    init(_ names: String..., bytes: [UInt8]? = nil) {
        // A file that could not be drawn makes each test of archives fail.
        let bytes = bytes ?? (try? FileBench.file()) ?? []
        members = names.map { Member(name: $0, bytes: $0.hasSuffix("/") ? [] : bytes) }
    }

    /// The same archive with deflated members.
    func deflated() -> DrawnZip {
        var zip = self
        for index in members.indices {
            zip.members[index].method = 8
            zip.members[index].packed = Self.deflated(members[index].bytes)
        }
        return zip
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        deflateInit2_(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        defer { deflateEnd(&stream) }
        var (input, output) = (bytes, [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 100))
        let left = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
                deflate(&stream, Z_FINISH)
                return Int(stream.avail_out)
            }
        }
        return Array(output.dropLast(left))
    }

    private func le(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    func bytes() -> [UInt8] {
        var (file, directory): ([UInt8], [UInt8]) = ([], [])
        for member in members {
            let offset = member.isAtFirst ? 0 : file.count
            let packed = member.packed ?? member.bytes
            let size = member.size ?? member.bytes.count
            let checksum = member.checksum.map(Int.init) ?? Int(crc32(0, member.bytes, UInt32(member.bytes.count)))
            let (name, ownName) = (Array(member.name.utf8), Array((member.ownName ?? member.name).utf8))
            func head(method: Int) -> [UInt8] {
                le(20, 2) + le(member.flags | (hasDescriptors ? 8 : 0), 2) + le(method, 2) + le(0, 4)
            }
            let (sum, sizes) = (le(checksum, 4), le(packed.count, 4) + le(size, 4))
            file += le(0x0403_4b50, 4) + head(method: member.ownMethod ?? member.method)
            file += hasDescriptors ? le(0, 12) : sum + sizes
            file += le(ownName.count, 2) + le(0, 2) + ownName + packed
            if hasDescriptors { file += le(0x0807_4b50, 4) + sum + sizes }
            let extra = isLarge ? le(1, 2) + le(24, 2) + le(size, 8) + le(packed.count, 8) + le(offset, 8) : []
            directory += le(0x0201_4b50, 4) + le(20, 2) + head(method: member.method) + sum
            directory += (isLarge ? le(0xffff_ffff, 4) + le(0xffff_ffff, 4) : sizes) + le(name.count, 2)
            directory += le(extra.count, 2) + le(0, 2) + le(0, 8)
            directory += le(isLarge ? 0xffff_ffff : offset, 4) + name + extra
        }
        let start = file.count
        let number = count ?? members.count
        file += directory
        if isLarge {
            let record = file.count
            file += le(0x0606_4b50, 4) + le(44, 8) + le(45, 2) + le(45, 2) + le(0, 8) + le(number, 8) + le(number, 8)
            file += le(directory.count, 8) + le(start, 8)
            file += le(0x0706_4b50, 4) + le(0, 4) + le(record, 8) + le(1, 4)
        }
        file += le(0x0605_4b50, 4) + le(0, 4)
        file += isLarge ? le(0xffff, 2) + le(0xffff, 2) : le(number, 2) + le(number, 2)
        file += isLarge ? le(0xffff_ffff, 4) + le(0xffff_ffff, 4) : le(directory.count, 4) + le(start, 4)
        return file + le(comment.utf8.count, 2) + Array(comment.utf8)
    }
}
