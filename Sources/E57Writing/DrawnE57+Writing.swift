import E57
import Station

extension DrawnE57 {
    /// Writes the file, in place of whatever is at `path`; blocks.
    ///
    /// - Throws: ``E57WritingError``, or what a picture throws.
    @discardableResult
    package func write(to path: String) throws -> Layout {
        var pages = PageWriter(try FileSink(path))
        let layout = try lay(&pages)
        try pages.sink.close()
        return layout
    }

    /// The whole file, in memory.
    package func bytes() throws -> (bytes: [UInt8], layout: Layout) {
        var pages = PageWriter(MemorySink())
        let layout = try lay(&pages)
        return (pages.sink.bytes, layout)
    }

    private func lay(_ pages: inout PageWriter<some PageSink>) throws -> Layout {
        var layout = Layout()
        try pages.append([UInt8](repeating: 0, count: E57Header.length))
        for scan in scans {
            layout.points.append(pages.physicalPosition)
            try pages.append(PointSection(scan.points, at: pages.logicalPosition).bytes)
        }
        for image in images {
            var (pictures, masks): ([E57Blob], [E57Blob?]) = ([], [])
            for representation in image.representations {
                pictures.append(try Self.appendBlob(representation.picture(), to: &pages))
                masks.append(try representation.mask.map { try Self.appendBlob($0, to: &pages) })
            }
            layout.pictures.append(pictures)
            layout.masks.append(masks)
        }
        try pages.appendEmptyPages(padding)
        layout.xmlOffset = pages.physicalPosition
        let xml = Array(editXML(XMLText(self, layout).text).utf8)
        layout.xmlLength = Int64(xml.count)
        try pages.append(xml)
        layout.length = try pages.finish { length in
            Array("ASTM-E57".utf8) + littleEndian(1, 4) + littleEndian(0, 4) + littleEndian(length, 8)
                + littleEndian(layout.xmlOffset, 8) + littleEndian(layout.xmlLength, 8)
                + littleEndian(E57Pages.size, 8)
        }
        return layout
    }

    private static func appendBlob(_ bytes: [UInt8], to pages: inout PageWriter<some PageSink>) throws -> E57Blob {
        let blob = E57Blob(fileOffset: UInt64(pages.physicalPosition), length: UInt64(bytes.count))
        let section = (Int64(bytes.count) + 16 + 3) / 4 * 4
        try pages.append([UInt8](repeating: 0, count: 8) + littleEndian(section, 8))
        try pages.append(bytes)
        try pages.align()
        return blob
    }
}

/// Why a file could not be written.
package struct E57WritingError: Error, CustomStringConvertible {
    package let description: String
}

func littleEndian(_ number: Int64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> Int64(8 * $0)) }
}
