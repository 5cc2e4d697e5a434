import DropFolder
import Station

/// The list of files at the end of a zip archive (PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.4).
///
/// Names, sizes and places are read here; ``MemberCheck`` compares the content with them and with the members' checksums. A copy
/// that was cut lacks the directory; one with a hole has no member where the directory says.
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
        /// CRC-32 of the unpacked content.
        var checksum: UInt32
        /// Of the packed content, behind the member's own header.
        var start: UInt64 = 0
        /// As they stand in the archive.
        fileprivate var nameBytes: [UInt8]

        /// Where the packed content ends.
        var end: UInt64 { start + packedSize }

        /// Whether a program that unpacks it could write elsewhere than into its folder.
        var isOutside: Bool {
            // A drive's letter, as Windows has it.
            name.hasPrefix("/") || name.dropFirst().first == ":" || name.contains("\0")
                || name.split(separator: "/").contains("..")
        }
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

    /// Reads the directory of `file`, a few reads at its end and one for each member; blocks.
    init<File: ArchiveBytes & ~Copyable>(of file: borrowing File) throws(Refusal) {
        let size = UInt64(max(0, file.length))
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
    private static func largePlace<File: ArchiveBytes & ~Copyable>(
        _ file: borrowing File,
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
                offset: fields.number(42, 4),
                checksum: UInt32(fields.number(16, 4)),
                nameBytes: Array(name)
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

    /// Sees that every member's own header is where the directory says and agrees with it, and that no two members share a byte.
    ///
    /// What unpacks an archive may go by either: they must not tell different stories.
    private mutating func checkPlaces<File: ArchiveBytes & ~Copyable>(
        in file: borrowing File,
        until directory: UInt64
    ) throws(Refusal) {
        var free: UInt64 = 0
        for index in members.indices.sorted(by: { members[$0].offset < members[$1].offset }) {
            let member = members[index]
            let nameLength = UInt64(member.nameBytes.count)
            guard member.offset >= free, member.offset <= directory, directory - member.offset >= 30 + nameLength else {
                throw .damaged
            }
            let bytes = try Self.read(file, at: member.offset, count: 30 + nameLength)
            guard let head = LittleEndian(bytes[...]), head.number(0, 4) == 0x0403_4b50,
                head.number(8, 2) == UInt64(member.method), head.number(26, 2) == nameLength,
                (head.number(6, 2) & 0x41 != 0) == member.isEncrypted,
                Array(bytes[30...]) == member.nameBytes
            else { throw .damaged }
            let start = member.offset + 30 + nameLength + head.number(28, 2)
            guard start <= directory, member.packedSize <= directory - start else { throw .damaged }
            members[index].start = start
            free = start + member.packedSize
        }
    }

    private static func read<File: ArchiveBytes & ~Copyable>(
        _ file: borrowing File,
        at offset: UInt64,
        count: UInt64
    ) throws(Refusal) -> [UInt8] {
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

/// Where the bytes of an archive come from.
protocol ArchiveBytes: ~Copyable {
    var length: Int64 { get }
    /// Fewer bytes at the end.
    func read(at offset: Int64, count: Int) throws(DropFolderError) -> [UInt8]
}

extension RegularFile: ArchiveBytes {
    var length: Int64 { stamp.size }
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
