import E57
import Glibc

/// Takes the content of an E57 file and passes it on as pages with their checksums.
struct PageWriter<Sink: PageSink> {
    private(set) var sink: Sink
    /// Content that does not fill a page yet.
    private var rest: [UInt8] = []
    /// Kept until the header is known.
    private var firstPage: [UInt8] = []
    /// Bytes of whole pages that the sink has.
    private var written: Int64 = 0

    init(_ sink: Sink) { self.sink = sink }

    var logicalPosition: Int64 { written / E57Pages.size * E57Pages.content + Int64(rest.count) }
    /// A page that is just full counts as the start of the next one.
    var physicalPosition: Int64 { E57Pages.physical(logicalPosition) }

    mutating func append(_ bytes: [UInt8]) throws {
        rest += bytes
        let content = Int(E57Pages.content)
        let whole = rest.count / content
        guard whole > 0 else { return }
        if written == 0 { firstPage = Array(rest.prefix(content)) }
        var block: [UInt8] = []
        block.reserveCapacity(whole * Int(E57Pages.size))
        for page in 0..<whole { block += Self.sealed(rest[page * content..<(page + 1) * content]) }
        try sink.write(block, at: written)
        written += Int64(block.count)
        rest.removeFirst(whole * content)
    }

    /// Sections start at multiples of four.
    mutating func align() throws {
        try append([UInt8](repeating: 0, count: (4 - rest.count % 4) % 4))
    }

    /// Fills the page, and appends at least `count` bytes of pages that hold nothing.
    mutating func appendEmptyPages(_ count: Int64) throws {
        guard count > 0 else { return }
        try fillPage()
        let page = Self.sealed([UInt8](repeating: 0, count: Int(E57Pages.content))[...])
        let block = Array(repeatElement(page, count: 1024).joined())
        var left = (count + E57Pages.size - 1) / E57Pages.size * E57Pages.size
        while left > 0 {
            let piece = min(left, Int64(block.count))
            try sink.write(piece == block.count ? block : Array(block.prefix(Int(piece))), at: written)
            written += piece
            left -= piece
        }
    }

    /// Fills the last page, and puts the header, made for the file's length, into the first one.
    mutating func finish(header: (Int64) -> [UInt8]) throws -> Int64 {
        try fillPage()
        firstPage.replaceSubrange(0..<E57Header.length, with: header(written))
        try sink.write(Self.sealed(firstPage[...]), at: 0)
        return written
    }

    private mutating func fillPage() throws {
        if !rest.isEmpty { try append([UInt8](repeating: 0, count: Int(E57Pages.content) - rest.count)) }
    }

    private static func sealed(_ content: ArraySlice<UInt8>) -> [UInt8] {
        let sum = content.withUnsafeBytes { CRC32C.of($0) }
        return content + littleEndian(Int64(sum), 4).reversed()
    }
}

/// Where pages go.
protocol PageSink {
    mutating func write(_ bytes: [UInt8], at offset: Int64) throws
}

struct MemorySink: PageSink {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ bytes: [UInt8], at offset: Int64) {
        if offset == self.bytes.count {
            self.bytes += bytes
        } else {
            self.bytes.replaceSubrange(Int(offset)..<Int(offset) + bytes.count, with: bytes)
        }
    }
}

/// A file; it stays open until ``close()``, or as long as the process if writing fails.
struct FileSink: PageSink {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws(E57WritingError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        self.path = path
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws(E57WritingError) {
        var done = 0
        while done < bytes.count {
            let got = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor,
                    UnsafeRawBufferPointer(rebasing: buffer[done...]).baseAddress,
                    buffer.count - done,
                    off_t(offset) + off_t(done)
                )
            }
            if got > 0 { done += got } else if errno != EINTR { throw Self.failure(path) }
        }
    }

    func close() throws(E57WritingError) {
        guard Glibc.close(descriptor) == 0 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> E57WritingError {
        E57WritingError(description: "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
