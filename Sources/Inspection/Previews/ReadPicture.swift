import Station

/// A picture's file that was read to be shown, and what it takes to decode it.
struct ReadPicture: Sendable {
    /// Bytes of a file; a larger one is not read to be shown.
    static let fileLimit: Int64 = 128 << 20
    /// Bytes for file, decoder and result: what inspection's heavy lane has room for.
    static let memoryLimit = 640 << 20
    /// A decoder takes seconds for more.
    static let pixelLimit = 400_000_000

    let bytes: [UInt8]
    let digest: FileDigest
    private let facts: ImageFacts
    private let divisor: Int

    /// Reads the headers.
    ///
    /// - Parameters:
    ///   - contents: Of any file: nothing is taken for granted.
    ///   - edge: The decoded picture has at least this many pixels along its shorter edge, if the file has.
    init(_ contents: FileContents, atLeast edge: Int) throws(ImageRefusal) {
        (bytes, digest) = (contents.bytes, contents.digest)
        (facts, divisor) = try contents.bytes.withUnsafeBufferPointer {
            (bytes) throws(ImageRefusal) -> (ImageFacts, Int) in
            switch FileKind.of(Array(bytes.prefix(FileKind.headLength))) {
            case .jpeg:
                let facts = try JPEGStructure.facts(of: bytes)
                return (facts, JPEGDecoding.divisor(of: facts, atLeast: edge))
            case .png:
                let facts = try PNGStructure.facts(of: bytes)
                return (facts, PNGDecoding.divisor(of: facts, atLeast: edge))
            default: throw .damaged("it is neither JPEG nor PNG")
            }
        }
        let (pixels, isTooMuch) = facts.width.multipliedReportingOverflow(by: facts.height)
        guard !isTooMuch, pixels <= Self.pixelLimit else {
            throw .memory(Self.memoryLimit >> 20)
        }
        guard memory <= Self.memoryLimit else { throw .memory(memory >> 20) }
    }

    /// Bytes: the file, its decoder, and the decoded picture.
    var memory: Int {
        let side = facts.format == .jpeg ? divisor - 1 : 0
        let (width, height) = ((facts.width + side) / divisor, (facts.height + side) / divisor)
        let effort = facts.effort.isStreamed ? 0 : facts.effort.memory
        return bytes.count + effort + width * height * 3
    }

    /// Decodes all of it.
    ///
    /// Blocks.
    func decoded() throws(ImageRefusal) -> Picture {
        try bytes.withUnsafeBufferPointer { (bytes) throws(ImageRefusal) -> Picture in
            switch facts.format {
            case .jpeg: try JPEGDecoding.decode(bytes, facts: facts, divisor: divisor, isQuick: false).picture
            case .png: try PNGDecoding.decode(bytes, facts: facts, divisor: divisor).picture
            }
        }
    }
}
