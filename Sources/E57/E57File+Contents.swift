extension E57File {
    /// Limits that protect drop360; a file of a year of work has a hundredth of them.
    package enum Limit {
        /// Bytes.
        package static let xml: Int64 = 64 << 20
        package static let images = 10_000
        package static let scans = 10_000
        package static let depth = 64
    }

    /// Reads what the file says of its images and scans, without the images and points themselves.
    ///
    /// An image with an invalid description is a fault of its own. The XML goes through memory a piece at a time.
    ///
    /// - Throws: ``E57Error`` where the XML as a whole cannot be read.
    package borrowing func contents() throws(E57Error) -> E57Contents {
        guard header.xmlLength <= Limit.xml else {
            throw E57Error(
                .tooLarge,
                "The file's description (XML) has \(header.xmlLength) bytes, over drop360's limit of \(Limit.xml). Export fewer scans in one file."
            )
        }
        guard let start = E57Pages.logical(header.xmlOffset), start + header.xmlLength <= header.contentLength else {
            throw E57Error(.damaged, "The file's description (XML) is not in the file. Export the file again.")
        }
        var reading = ContentsReading(header)
        var done: Int64 = 0
        while done < header.xmlLength {
            let piece = try read(at: start + done, count: Int(min(header.xmlLength - done, 64 << 10)))
            try reading.feed(piece)
            done += Int64(piece.count)
        }
        return try reading.finish()
    }
}

extension E57Contents {
    /// Reads the XML of a file that would have `fileLength` bytes.
    package init(xml: [UInt8], fileLength: Int64) throws(E57Error) {
        let header = E57Header(fileLength: fileLength, xmlOffset: fileLength, xmlLength: Int64(xml.count))
        var reading = ContentsReading(header)
        try reading.feed(xml)
        self = try reading.finish()
    }
}

/// What XML goes through, piece by piece.
private struct ContentsReading {
    private let header: E57Header
    private var bytes = XMLGuard()
    private let parser: XMLParsing

    init(_ header: E57Header) {
        self.header = header
        parser = XMLParsing(EntryCollector(header))
    }

    mutating func feed(_ piece: [UInt8]) throws(E57Error) {
        try bytes.check(piece)
        try parser.feed(piece)
    }

    func finish() throws(E57Error) -> E57Contents {
        var contents = try parser.finish()
        contents.removeOverlaps(header)
        return contents
    }
}
