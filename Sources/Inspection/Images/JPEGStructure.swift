import Station

/// Walks the markers of a JPEG file as decoders do: finds its coding, its EXIF data, and whether it ends properly.
///
/// libjpeg makes up a missing end, reads codings that no browser does, and may take forever for a picture in hundreds of scans; so all that
/// is checked here first. What libjpeg skips (fill bytes, stray bytes between segments) is skipped here, too.
struct JPEGStructure {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var facts: ImageFacts?
    private var exif: Range<Int>?
    private var xmp: Range<Int>?
    private var scans = 0
    /// Whether libjpeg can decode it line by line: all of it is in one scan.
    private var isStreamed = true
    private var stray = 0
    /// Each component's blocks, and whether a scan has started it, by its number in the frame header.
    private var components: [UInt8: (blocks: Int, isCoded: Bool)] = [:]

    /// No camera or converter writes more than about ten scans.
    static let scanLimit = 200

    /// The most memory for a picture in several scans: enough for 8192 pixels at full colour, but not for a hostile file.
    static let coefficientLimit = 448 << 20

    /// Reads the header and finds the end of the picture.
    static func facts(of bytes: UnsafeBufferPointer<UInt8>) throws(ImageRefusal) -> ImageFacts {
        var walk = JPEGStructure(bytes: bytes)
        return try walk.run()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func run() throws(ImageRefusal) -> ImageFacts {
        var position = 2
        while true {
            let marker = try nextMarker(&position)
            switch marker {
            case 0xD9: return try whole()
            // Without a length.
            case 0x01, 0xD0...0xD7: continue
            case 0xD8: throw .damaged("its header contains a second picture")
            default: break
            }
            guard position + 2 <= bytes.count else { throw .truncated }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            if length < 2, marker & 0xF0 == 0xE0 || marker == 0xFE {
                // Decoders skip nothing here.
                position += 2
                stray += 2
                continue
            }
            guard length >= 2 else { throw .damaged("a segment has no length") }
            let segment = position + 2..<position + length
            guard segment.upperBound <= bytes.count else { throw .truncated }
            position = segment.upperBound
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF: try readFrame(marker, segment)
            case 0xE1: readMetadata(segment)
            case 0xDA:
                try readScan(segment)
                position = endOfScan(from: position)
            default: break
            }
        }
    }

    /// Reads the next marker, skipping anything before it.
    private mutating func nextMarker(_ position: inout Int) throws(ImageRefusal) -> UInt8 {
        while true {
            while position < bytes.count, bytes[position] != 0xFF {
                position += 1
                stray += 1
            }
            while position < bytes.count, bytes[position] == 0xFF { position += 1 }
            guard position < bytes.count else { throw .truncated }
            let marker = bytes[position]
            position += 1
            if marker != 0 { return marker }
            stray += 2
        }
    }

    private func whole() throws(ImageRefusal) -> ImageFacts {
        guard var facts, scans > 0 else { throw .damaged("it ends before the picture") }
        guard components.values.allSatisfy(\.isCoded) else { throw .truncated }
        facts.exif = exif
        facts.xmp = xmp
        facts.effort.isStreamed = isStreamed
        if stray > 0 { facts.oddities.append("\(stray) stray bytes in its header") }
        return facts
    }

    /// The position of the marker that ends the coded data, or the end of the file.
    private func endOfScan(from start: Int) -> Int {
        var position = start
        while position + 1 < bytes.count {
            if bytes[position] == 0xFF {
                switch bytes[position + 1] {
                // A data byte FF, and restarts; a fill byte may precede either.
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

    private mutating func readScan(_ segment: Range<Int>) throws(ImageRefusal) {
        guard var facts else { throw .damaged("a scan comes before the header") }
        scans += 1
        guard scans == 1 || facts.effort.memory <= Self.coefficientLimit else {
            throw .memory(facts.effort.memory >> 20)
        }
        guard scans <= Self.scanLimit else { throw .coding("a JPEG with more than \(Self.scanLimit) scans") }
        let at = segment.lowerBound
        let count = segment.isEmpty ? 0 : Int(bytes[at])
        guard (1...4).contains(count), segment.count >= 1 + 2 * count else { throw .damaged("a scan has no header") }
        if scans > 1 || count < (facts.isGray ? 1 : 3) { isStreamed = false }
        for index in 0..<count {
            let id = bytes[at + 1 + 2 * index]
            guard let blocks = components[id]?.blocks else { throw .damaged("a scan refers to a missing colour") }
            components[id]?.isCoded = true
            facts.effort.blocks += blocks
        }
        guard scans == 1 || facts.effort.blocks <= DecodingEffort.blockLimit else {
            throw .work(blocks: facts.effort.blocks / 1_000_000, scans: scans)
        }
        self.facts = facts
    }

    private mutating func readFrame(_ marker: UInt8, _ segment: Range<Int>) throws(ImageRefusal) {
        switch marker {
        case 0xC0, 0xC1, 0xC2: break
        case 0xC3, 0xCB, 0xCF: throw .coding("a lossless JPEG")
        case 0xC9, 0xCA: throw .coding("a JPEG with arithmetic coding")
        default: throw .coding("a hierarchical JPEG")
        }
        if marker == 0xC2 { isStreamed = false }
        guard facts == nil else { throw .damaged("it has two headers") }
        guard segment.count >= 6 else { throw .damaged("its header is too short") }
        let at = segment.lowerBound
        let height = Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
        let width = Int(bytes[at + 3]) << 8 | Int(bytes[at + 4])
        guard width > 0, height > 0 else { throw .damaged("its header gives no size") }
        guard bytes[at] == 8 else { throw .colour("a JPEG with \(bytes[at]) bits per colour") }
        let count = Int(bytes[at + 5])
        switch count {
        case 1, 3: break
        case 4: throw .colour("a CMYK JPEG, made for printing")
        default: throw .colour("a JPEG with \(count) colour channels")
        }
        guard segment.count >= 6 + 3 * count else { throw .damaged("its header is too short") }
        var read = ImageFacts(format: .jpeg, width: width, height: height, isGray: count == 1)
        readComponents(count, width: width, height: height, at: at + 6)
        // Two bytes for each of 64 coefficients of each block, which libjpeg keeps for a picture in several scans, whatever size is decoded.
        read.effort.memory = components.values.reduce(0) { $0 + $1.blocks } * 128
        facts = read
    }

    /// The blocks of each component, by their sampling factors.
    private mutating func readComponents(_ count: Int, width: Int, height: Int, at start: Int) {
        let factors = (0..<count).map { index -> (id: UInt8, h: Int, v: Int) in
            let at = start + 3 * index
            return (bytes[at], max(1, Int(bytes[at + 1] >> 4)), max(1, Int(bytes[at + 1] & 15)))
        }
        let (h, v) = (factors.map(\.h).max() ?? 1, factors.map(\.v).max() ?? 1)
        let units = ((width + 8 * h - 1) / (8 * h)) * ((height + 8 * v - 1) / (8 * v))
        for factor in factors { components[factor.id] = (units * factor.h * factor.v, false) }
    }

    /// Only the first EXIF segment before the first scan counts, as in browsers.
    private mutating func readMetadata(_ segment: Range<Int>) {
        guard scans == 0 else { return }
        // The sixth byte is padding, which decoders ignore.
        let head = Array("Exif\0".utf8)
        if exif == nil, segment.count > head.count + 1, bytes[segment].starts(with: head) {
            exif = segment.lowerBound + head.count + 1..<segment.upperBound
        }
        let namespace = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
        if xmp == nil, segment.count > namespace.count, bytes[segment].starts(with: namespace) {
            xmp = segment.lowerBound + namespace.count..<segment.upperBound
        }
    }
}
