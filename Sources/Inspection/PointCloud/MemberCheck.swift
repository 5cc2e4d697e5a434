import CZlib
import E57
import Station

/// Compares the members of a zip archive with their checksums, and the head of each with that of an E57 file, while the archive is read
/// from its first byte to its last.
///
/// What is unpacked is not kept: an archive takes no more memory than a piece of it, whatever it grows to.
struct MemberCheck {
    /// In the order of their places.
    private let members: [ZipDirectory.Member]
    /// Of the member that is being read.
    private var index = 0
    private var content: Content?

    /// - Parameter members: From the directory, which has been checked; none is encrypted, and all are stored or deflated.
    init(_ members: [ZipDirectory.Member]) { self.members = members.sorted { $0.start < $1.start } }

    /// Whether all members have been read and found whole.
    var isComplete: Bool { index == members.count }

    /// Takes the next bytes of the archive.
    ///
    /// - Parameters:
    ///   - block: In the order of the file, without gaps.
    ///   - offset: Of its first byte in the file.
    mutating func take(_ block: [UInt8], at offset: Int64) throws(FileRefusal) {
        let begin = UInt64(offset)
        let end = begin + UInt64(block.count)
        while index < members.count, members[index].start < end {
            let member = members[index]
            let part = (max(member.start, begin) - begin)..<(max(min(member.end, end), begin) - begin)
            var reading = if let content { content } else { try Content(member) }
            content = nil
            try reading.take(block[Int(part.lowerBound)..<Int(part.upperBound)], of: member)
            guard member.end <= end else {
                content = reading
                return
            }
            try reading.finish(member)
            index += 1
        }
    }

    /// What has been unpacked of one member so far.
    private struct Content {
        private let inflation: Inflation?
        private var checksum: UInt = 0
        private var size: UInt64 = 0
        private var head: [UInt8] = []

        init(_ member: ZipDirectory.Member) throws(FileRefusal) {
            guard member.method != 0 else {
                inflation = nil
                return
            }
            do throws(Inflation.Damage) { inflation = try Inflation() } catch { throw .damaged(member) }
        }

        mutating func take(_ bytes: ArraySlice<UInt8>, of member: ZipDirectory.Member) throws(FileRefusal) {
            var content = self
            do throws(Inflation.Damage) {
                try bytes.withUnsafeBufferPointer { (packed) throws(Inflation.Damage) in
                    guard let inflation else { return try content.add(packed, of: member) }
                    try inflation.unpack(packed) { (unpacked) throws(Inflation.Damage) in
                        try content.add(unpacked, of: member)
                    }
                }
            } catch {
                throw .damaged(member)
            }
            self = content
        }

        /// - Throws: Where it becomes more than the directory says.
        private mutating func add(
            _ bytes: UnsafeBufferPointer<UInt8>,
            of member: ZipDirectory.Member
        ) throws(Inflation.Damage) {
            guard UInt64(bytes.count) <= member.size - size else { throw Inflation.Damage() }
            size += UInt64(bytes.count)
            checksum = crc32(checksum, bytes.baseAddress, UInt32(bytes.count))
            if head.count < E57Header.length { head += bytes.prefix(E57Header.length - head.count) }
        }

        func finish(_ member: ZipDirectory.Member) throws(FileRefusal) {
            guard inflation?.isAtEnd ?? true, size == member.size, checksum == UInt(member.checksum) else {
                throw .damaged(member)
            }
            guard ArchiveJudgement.isScan(member.name) else { return }
            do throws(E57Error) {
                _ = try E57Header(head, size: Int64(clamping: member.size))
            } catch {
                throw FileRefusal(
                    error.problemCode,
                    "\(printable(member.name, limit: 80)) in the archive: \(error.description)"
                )
            }
        }
    }
}

extension FileRefusal {
    fileprivate static func damaged(_ member: ZipDirectory.Member) -> FileRefusal {
        FileRefusal(
            .e57Damaged,
            "\(printable(member.name, limit: 80)) in the archive is damaged: its content does not match its checksum. "
                + "Copy the archive again; if that does not help, pack it again.",
            mayBeUnfinished: true
        )
    }
}
