/// The first 48 bytes of an E57 file (ASTM E2807, "File header"): little-endian, lengths and offsets in bytes of the file as it lies on the disk.
package struct E57Header: Equatable, Sendable {
    package static let length = 48
    /// The one page size that the standard knows: 1020 bytes of content and their checksum.
    package static let pageSize: Int64 = 1024

    package let fileLength: Int64
    package let xmlOffset: Int64
    /// Of content alone, without the checksums between.
    package let xmlLength: Int64

    /// Reads the head of a file of `size` bytes.
    ///
    /// - Throws: ``E57Error`` of kind `format`, `truncated`, `length` or `damaged`.
    package init(_ head: [UInt8], size: Int64) throws(E57Error) {
        let signature = Array("ASTM-E57".utf8)
        guard head.count >= Self.length else {
            throw signature.starts(with: head.prefix(8))
                ? E57Error(.truncated, "The file has only \(size) bytes, less than its header. Copy it again.")
                : Self.foreign
        }
        guard head.starts(with: signature) else { throw Self.foreign }
        func number(_ at: Int, _ count: Int) -> UInt64 {
            (0..<count).reduce(0) { $0 | UInt64(head[at + $1]) << UInt64(8 * $1) }
        }
        let (major, minor) = (number(8, 4), number(12, 4))
        guard major == 1 else {
            throw E57Error(
                .format,
                "This is E57 version \(major).\(minor); only version 1 is supported. Export it as E57 1.0."
            )
        }
        guard let fileLength = Int64(exactly: number(16, 8)), let xmlOffset = Int64(exactly: number(24, 8)),
            let xmlLength = Int64(exactly: number(32, 8)), number(40, 8) == UInt64(Self.pageSize)
        else { throw Self.senseless }
        guard size >= fileLength else {
            throw E57Error(
                .truncated,
                "The header says \(fileLength) bytes; the file has \(size). Let the copy finish, or copy the file again."
            )
        }
        guard size == fileLength else {
            throw E57Error(
                .length,
                "The header says \(fileLength) bytes; the file has \(size). Copy or export the file again."
            )
        }
        // The XML says what the file holds: without it there is nothing to read.
        guard xmlLength <= fileLength else { throw Self.senseless }
        let pages = (xmlLength + Self.pageSize - 5) / (Self.pageSize - 4)
        guard fileLength % Self.pageSize == 0, fileLength > 0, xmlLength > 0, xmlOffset >= Self.length,
            xmlOffset % Self.pageSize < Self.pageSize - 4, pages <= fileLength / Self.pageSize,
            xmlOffset <= fileLength - xmlLength, xmlOffset / Self.pageSize + pages <= fileLength / Self.pageSize
        else { throw Self.senseless }
        (self.fileLength, self.xmlOffset, self.xmlLength) = (fileLength, xmlOffset, xmlLength)
    }

    /// Takes the numbers as they are.
    init(fileLength: Int64, xmlOffset: Int64, xmlLength: Int64) {
        (self.fileLength, self.xmlOffset, self.xmlLength) = (fileLength, xmlOffset, xmlLength)
    }

    private static let foreign = E57Error(
        .format,
        "This is not an E57 file: it does not start with \"ASTM-E57\". Export it again."
    )

    private static let senseless = E57Error(
        .damaged,
        "The numbers in the header do not match the file. Copy it again, or export it again."
    )
}
