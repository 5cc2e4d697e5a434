import Station

/// Walks the markers of a JPEG file: what it is, and whether it ends where a JPEG ends.
///
/// libjpeg invents the end where the data stop, and reads codings that no browser does; so both are found out here, before it
/// gets the file.
struct JPEGStructure {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var facts: ImageFacts?
    private var exif: Range<Int>?
    private var scans = 0
    /// Bytes of the coefficients that libjpeg keeps of a picture in several scans, however small it is to be decoded.
    private var coefficientBytes = 0

    /// libjpeg takes long for each scan of a large picture; cameras and converters write about ten.
    static let scanLimit = 200

    /// A picture in several scans needs no more memory than this; 8192 pixels at full colour fit, and a hostile file does not.
    static let coefficientLimit = 448 << 20

    /// Reads the header's facts and finds the end of the picture.
    static func facts(of bytes: UnsafeBufferPointer<UInt8>) throws(ImageRefusal) -> ImageFacts {
        var walk = JPEGStructure(bytes: bytes)
        return try walk.run()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func run() throws(ImageRefusal) -> ImageFacts {
        var position = 2
        while true {
            guard position < bytes.count else { throw .truncated }
            guard bytes[position] == 0xFF else { throw .damaged("a marker is missing") }
            while position < bytes.count, bytes[position] == 0xFF { position += 1 }
            guard position < bytes.count else { throw .truncated }
            let marker = bytes[position]
            position += 1
            switch marker {
            case 0xD9:
                guard var facts, scans > 0 else { throw .damaged("it ends before the picture") }
                facts.exif = exif
                return facts
            case 0x01: continue
            case 0x00, 0xD0...0xD8: throw .damaged("a marker stands where none may")
            default: break
            }
            guard position + 2 <= bytes.count else { throw .truncated }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            guard length >= 2 else { throw .damaged("a segment has no length") }
            let segment = position + 2..<position + length
            guard segment.upperBound <= bytes.count else { throw .truncated }
            position = segment.upperBound
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF: try readFrame(marker, segment)
            case 0xE1: readExif(segment)
            case 0xDA:
                guard facts != nil else { throw .damaged("a scan stands before the header") }
                scans += 1
                guard scans == 1 || coefficientBytes <= Self.coefficientLimit else {
                    throw .memory(coefficientBytes >> 20)
                }
                guard scans <= Self.scanLimit else { throw .coding("a JPEG with more than \(Self.scanLimit) scans") }
                position = endOfScan(from: position)
            default: break
            }
        }
    }

    /// The position of the marker that ends the coded data, or the end of the file.
    private func endOfScan(from start: Int) -> Int {
        var position = start
        while position + 1 < bytes.count {
            if bytes[position] == 0xFF {
                switch bytes[position + 1] {
                // A byte FF of the data, and restarts; a fill byte may stand before either.
                case 0x00, 0xD0...0xD7: position += 2
                case 0xFF: position += 1
                default: return position
                }
            } else {
                position += 1
            }
        }
        return bytes.count
    }

    private mutating func readFrame(_ marker: UInt8, _ segment: Range<Int>) throws(ImageRefusal) {
        switch marker {
        case 0xC0, 0xC1, 0xC2: break
        case 0xC3, 0xCB, 0xCF: throw .coding("a lossless JPEG")
        case 0xC9, 0xCA: throw .coding("a JPEG with arithmetic coding")
        default: throw .coding("a hierarchical JPEG")
        }
        guard facts == nil else { throw .damaged("it has two headers") }
        guard segment.count >= 6 else { throw .damaged("its header is too short") }
        let at = segment.lowerBound
        let height = Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
        let width = Int(bytes[at + 3]) << 8 | Int(bytes[at + 4])
        guard width > 0, height > 0 else { throw .damaged("its header gives no size") }
        guard bytes[at] == 8 else { throw .colour("a JPEG with \(bytes[at]) bits per colour") }
        let components = bytes[at + 5]
        switch components {
        case 1, 3: break
        case 4: throw .colour("a CMYK JPEG, made for printing")
        default: throw .colour("a JPEG with \(components) colour channels")
        }
        coefficientBytes = coefficients(width: width, height: height, components: Int(components), in: segment)
        facts = ImageFacts(format: .jpeg, width: width, height: height, isGray: components == 1)
    }

    /// Two bytes for each of 64 coefficients of each block of each component, by their sampling factors.
    private func coefficients(width: Int, height: Int, components: Int, in segment: Range<Int>) -> Int {
        let factors = (0..<components).map { index -> (h: Int, v: Int) in
            let at = segment.lowerBound + 6 + 3 * index + 1
            guard at < segment.upperBound else { return (1, 1) }
            return (max(1, Int(bytes[at] >> 4)), max(1, Int(bytes[at] & 15)))
        }
        let (h, v) = (factors.map(\.h).max() ?? 1, factors.map(\.v).max() ?? 1)
        let units = ((width + 8 * h - 1) / (8 * h)) * ((height + 8 * v - 1) / (8 * v))
        return units * factors.reduce(0) { $0 + $1.h * $1.v } * 128
    }

    private mutating func readExif(_ segment: Range<Int>) {
        let head = Array("Exif\0\0".utf8)
        guard exif == nil, segment.count > head.count, bytes[segment].starts(with: head) else { return }
        exif = segment.lowerBound + head.count..<segment.upperBound
    }
}
