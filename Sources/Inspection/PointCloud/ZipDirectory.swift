import DropFolder
import Station

/// The list of files at the end of a zip archive (PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.4).
///
/// Nothing is unpacked: names, sizes and places are all that is asked of an archive which CDF unpacks itself. The members' own checksums are
/// not compared, since they are those of the unpacked content: that would mean to unpack gigabytes of foreign data here. A copy
/// that was cut lacks the directory; one with a hole has no member where the directory says, or bytes of zero.
///
/// Of a library (libzip, libarchive) no more would be used than this, and both keep in memory whatever directory an archive has.
struct ZipDirectory: Equatable {
    struct Member: Equatable {
        /// Slashes between folders; ends in one for a folder.
        var name: String
        var isEncrypted: Bool
        /// 0 for stored, 8 for deflated.
        var method: Int
        /// Bytes in the archive.
        var packedSize: UInt64
        /// Bytes.
        var size: UInt64
        /// Of the member's own header.
        var offset: UInt64
    }

    enum Refusal: Error, Equatable {
        /// There is no directory: the archive is cut, or is none.
        case missing
        /// The numbers in it contradict each other or the file.
        case damaged
        /// Over a limit that protects drop360.
        case tooLarge
        /// One of several files that make one archive.
        case split
        case unreadable(DropFolderError)
    }

    /// More members than any archive of scans has.
    static let mostMembers = 10_000
    /// Bytes.
    static let largest = 8 << 20
    /// The directory's end: 22 bytes and a comment.
    private static let longestEnd = 22 + 65_535

    var members: [Member]

    /// Reads the directory of `file`, a few reads at its end; blocks.
    init(of file: borrowing RegularFile) throws(Refusal) {
        let size = UInt64(max(0, file.stamp.size))
        let tailLength = min(size, UInt64(Self.longestEnd + 20))
        let tail = try Self.read(file, at: size - tailLength, count: tailLength)
        guard let end = Self.end(in: tail) else { throw .missing }
        let endOffset = size - tailLength + UInt64(end)
        guard let fields = LittleEndian(tail[end...]), fields.count >= 22 else { throw .missing }
        let isSplit = [fields.number(4, 2), fields.number(6, 2)].contains { $0 != 0 && $0 != 0xffff }
        var place = Place(
            count: fields.number(10, 2),
            length: fields.number(12, 4),
            offset: fields.number(16, 4),
            limit: endOffset
        )
        if place.count == 0xffff || place.length == 0xffff_ffff || place.offset == 0xffff_ffff {
            place = try Self.largePlace(file, before: end, in: tail) ?? place
        }
        if isSplit { throw .split }
        guard place.count <= Self.mostMembers, place.length <= Self.largest else { throw .tooLarge }
        guard place.offset <= place.limit, place.length <= place.limit - place.offset else { throw .damaged }
        members = try Self.members(try Self.read(file, at: place.offset, count: place.length), count: place.count)
        try checkPlaces(in: file, until: place.offset)
    }

    /// Where the directory is.
    private struct Place {
        var count: UInt64
        var length: UInt64
        var offset: UInt64
        /// Where it must have ended.
        var limit: UInt64
    }

    /// The last end whose comment reaches to the end of the file.
    private static func end(in tail: [UInt8]) -> Int? {
        guard tail.count >= 22 else { return nil }
        return stride(from: tail.count - 22, through: 0, by: -1).first { at in
            tail[at] == 0x50 && tail[at + 1] == 0x4b && tail[at + 2] == 5 && tail[at + 3] == 6
                && at + 22 + Int(tail[at + 20]) + Int(tail[at + 21]) << 8 == tail.count
        }
    }

    /// Where the directory is by the zip64 record; nil where the archive has none.
    private static func largePlace(
        _ file: borrowing RegularFile,
        before end: Int,
        in tail: [UInt8]
    ) throws(Refusal) -> Place? {
        guard end >= 20, let locator = LittleEndian(tail[(end - 20)..<end]), locator.number(0, 4) == 0x0706_4b50 else {
            return nil
        }
        let at = locator.number(8, 8)
        guard let record = LittleEndian(try read(file, at: at, count: 56)[...]), record.count == 56,
            record.number(0, 4) == 0x0606_4b50
        else { throw .damaged }
        return Place(count: record.number(32, 8), length: record.number(40, 8), offset: record.number(48, 8), limit: at)
    }

    private static func members(_ bytes: [UInt8], count: UInt64) throws(Refusal) -> [Member] {
        var members: [Member] = []
        var at = 0
        for _ in 0..<count {
            guard bytes.count - at >= 46, let fields = LittleEndian(bytes[at...]), fields.number(0, 4) == 0x0201_4b50
            else { throw .damaged }
            let (nameLength, extraLength) = (Int(fields.number(28, 2)), Int(fields.number(30, 2)))
            let next = at + 46 + nameLength + extraLength + Int(fields.number(32, 2))
            guard next <= bytes.count else { throw .damaged }
            let name = bytes[(at + 46)..<(at + 46 + nameLength)]
            var member = Member(
                name: String(decoding: name, as: UTF8.self).replacing("\\", with: "/"),
                isEncrypted: fields.number(8, 2) & 0x41 != 0,
                method: Int(fields.number(10, 2)),
                packedSize: fields.number(20, 4),
                size: fields.number(24, 4),
                offset: fields.number(42, 4)
            )
            let extra = bytes[(at + 46 + nameLength)..<(at + 46 + nameLength + extraLength)]
            try readLargeNumbers(of: &member, in: extra)
            members.append(member)
            at = next
        }
        return members
    }

    /// Takes the numbers that do not fit in 32 bits from the zip64 field, which has only those, in this order.
    private static func readLargeNumbers(of member: inout Member, in extra: ArraySlice<UInt8>) throws(Refusal) {
        let isLarge = [member.size, member.packedSize, member.offset].contains(0xffff_ffff)
        var rest = extra
        while isLarge, rest.count >= 4, let head = LittleEndian(rest) {
            let length = Int(head.number(2, 2))
            guard rest.count >= 4 + length else { throw .damaged }
            if head.number(0, 2) == 1 {
                var at = 4
                for field in [\Member.size, \.packedSize, \.offset] where member[keyPath: field] == 0xffff_ffff {
                    guard at + 8 <= 4 + length else { throw .damaged }
                    member[keyPath: field] = head.number(at, 8)
                    at += 8
                }
                return
            }
            rest = rest.dropFirst(4 + length)
        }
    }

    /// Sees that every member's own header is where the directory says, and that no two members share a byte.
    private func checkPlaces(in file: borrowing RegularFile, until directory: UInt64) throws(Refusal) {
        var free: UInt64 = 0
        for member in members.sorted(by: { $0.offset < $1.offset }) {
            guard member.offset >= free, member.offset <= directory, directory - member.offset >= 30 else {
                throw .damaged
            }
            guard let head = LittleEndian(try Self.read(file, at: member.offset, count: 30)[...]), head.count == 30,
                head.number(0, 4) == 0x0403_4b50
            else { throw .damaged }
            let start = member.offset + 30 + head.number(26, 2) + head.number(28, 2)
            guard start <= directory, member.packedSize <= directory - start else { throw .damaged }
            free = start + member.packedSize
        }
    }

    private static func read(_ file: borrowing RegularFile, at offset: UInt64, count: UInt64) throws(Refusal) -> [UInt8]
    {
        guard let start = Int64(exactly: offset) else { throw .damaged }
        let bytes: [UInt8]
        do throws(DropFolderError) {
            bytes = try file.read(at: start, count: Int(count))
        } catch {
            throw .unreadable(error)
        }
        // Also where the file shrank; its stamp then says so.
        guard bytes.count == count else { throw .damaged }
        return bytes
    }

    /// The name of the first member by its own header, at the beginning of the archive; nil where there is none.
    ///
    /// A copy that was cut has no directory, but this.
    static func firstName(in head: [UInt8]) -> String? {
        guard let fields = LittleEndian(head[...]), fields.count >= 30, fields.number(0, 4) == 0x0403_4b50 else {
            return nil
        }
        return String(decoding: head.dropFirst(30).prefix(Int(fields.number(26, 2))), as: UTF8.self)
    }
}

/// Numbers in a piece of an archive.
private struct LittleEndian {
    private let bytes: ArraySlice<UInt8>

    init?(_ bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else { return nil }
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    /// Zero beyond the end.
    func number(_ at: Int, _ length: Int) -> UInt64 {
        (0..<length).reduce(0) { number, index in
            let place = bytes.startIndex + at + index
            return number | (place < bytes.endIndex ? UInt64(bytes[place]) : 0) << UInt64(8 * index)
        }
    }
}
