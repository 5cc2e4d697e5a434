package import DropFolder

/// An E57 file, open for reading by ranges.
///
/// Nothing is believed: the checksum of every page that is read is checked, and no more is read than was asked for. All calls block: use
/// them on a separate thread. Whether the file changed meanwhile, ``file`` knows.
package struct E57File: ~Copyable, Sendable {
    package let file: RegularFile
    package let header: E57Header

    /// Reads the header.
    package init(_ file: consuming RegularFile) throws(E57Error) {
        header = try E57Header(Self.bytes(of: file, at: 0, count: E57Header.length), size: file.stamp.size)
        self.file = file
    }

    /// Reads the data of a blob, or a part of it.
    ///
    /// - Parameters:
    ///   - start: Bytes of the blob's data before the part.
    ///   - limit: The most bytes that are read; nil for the whole blob.
    /// - Returns: `limit` bytes; fewer only where the blob ends.
    /// - Throws: ``E57Error``, of kind `damaged` where the blob is not what it should be.
    package borrowing func read(
        _ blob: E57Blob,
        from start: Int64 = 0,
        limit: Int64
    ) throws(E57Error) -> [UInt8] {
        let section = try header.section(of: blob)
        let head = try read(at: section.start, count: E57Header.blobHead)
        let length = head[8...].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        // Some writers leave the header of the section out of its length.
        guard head[0] == 0, length >= blob.length else {
            throw E57Error(.damaged, "What should be the start of a picture is something else. Export the file again.")
        }
        let data = section.start + Int64(E57Header.blobHead)
        let first = data + min(max(0, start), section.end - data)
        return try read(at: first, count: Int(min(max(0, limit), section.end - first)))
    }

    /// Reads content at a logical position; the caller has seen to it that it is in the file.
    borrowing func read(at position: Int64, count: Int) throws(E57Error) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        let (size, content) = (E57Pages.size, E57Pages.content)
        let end = position + Int64(count)
        var page = position / content
        while page * content < end {
            let pages = min(Self.pagesAtOnce, (end - 1) / content + 1 - page)
            let block = try Self.bytes(of: file, at: page * size, count: Int(pages * size))
            guard block.count == Int(pages * size) else {
                throw E57Error(.truncated, "The file became shorter while it was read. Let the copy finish.")
            }
            if let bad = E57Pages.firstDamaged(in: block) {
                throw E57Error(damagedPage: page + Int64(bad), of: header)
            }
            for index in 0..<pages {
                let from = max(position, (page + index) * content) - (page + index) * content
                let to = min(end, (page + index + 1) * content) - (page + index) * content
                result += block[Int(index * size + from)..<Int(index * size + to)]
            }
            page += pages
        }
        return result
    }

    private static let pagesAtOnce: Int64 = 1024

    private static func bytes(
        of file: borrowing RegularFile,
        at offset: Int64,
        count: Int
    ) throws(E57Error) -> [UInt8] {
        do throws(DropFolderError) {
            return try file.read(at: offset, count: count)
        } catch {
            throw E57Error(error)
        }
    }
}

extension E57Header {
    /// Of a blob's section, before its data.
    static let blobHead = 16

    /// Bytes of content in all pages.
    var contentLength: Int64 { fileLength / E57Pages.size * E57Pages.content }

    /// Where a blob's section starts and its data end, logically.
    ///
    /// - Throws: ``E57Error`` of kind `damaged` if that is not in the file.
    func section(of blob: E57Blob) throws(E57Error) -> (start: Int64, end: Int64) {
        guard let offset = Int64(exactly: blob.fileOffset), let length = Int64(exactly: blob.length),
            offset >= Self.length, offset < fileLength, let start = E57Pages.logical(offset),
            length <= contentLength - start - Int64(Self.blobHead)
        else {
            throw E57Error(
                .damaged,
                "Its data should be \(blob.length) bytes at \(blob.fileOffset), which is not in the file. Export the file again."
            )
        }
        return (start, start + Int64(Self.blobHead) + length)
    }
}

extension E57Error {
    package init(damagedPage page: Int64, of header: E57Header) {
        self.init(
            .damaged,
            "The checksum of page \(page) of \(header.fileLength / E57Pages.size) is wrong. Copy the file again; if that does not help, export "
                + "it again."
        )
    }
}
