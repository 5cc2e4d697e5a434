/// Looks at XML before libxml2 sees it, and refuses what would cost it much: libxml2 collects a whole tag, and compares each of its attributes
/// with all others.
///
/// No E57 file has a document type, so there are no entities either.
struct XMLGuard {
    private enum Place {
        case start
        case text
        /// After `<`.
        case opened
        /// After `<!`.
        case declared
        case tag(quote: UInt8?)
        case comment
        case instruction
        case characters
    }

    private var place = Place.start
    /// Of the current markup: bytes, attributes, and how many bytes of its end were seen.
    private var (length, attributes, ending) = (0, 0, 0)

    private static let longestTag = 64 << 10
    private static let longestComment = 1 << 20
    private static let mostAttributes = 64

    mutating func check(_ bytes: [UInt8]) throws(E57Error) {
        for byte in bytes {
            // Other encodings would mean something else than what is seen here.
            guard byte != 0 else { throw Self.senseless }
            try take(byte)
        }
    }

    private mutating func take(_ byte: UInt8) throws(E57Error) {
        length += 1
        switch place {
        case .start:
            // Blanks, and the mark of UTF-8.
            switch byte {
            case UInt8(ascii: "<"): begin(.opened)
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), 0xef, 0xbb, 0xbf: break
            default: throw Self.senseless
            }
        case .text:
            if byte == UInt8(ascii: "<") { begin(.opened) }
        case .opened:
            switch byte {
            case UInt8(ascii: "!"): place = .declared
            case UInt8(ascii: "?"): begin(.instruction)
            default: begin(.tag(quote: nil))
            }
        case .declared:
            switch byte {
            case UInt8(ascii: "-"): begin(.comment)
            case UInt8(ascii: "["): begin(.characters)
            default:
                throw E57Error(
                    .damaged,
                    "The file's description (XML) has a document type declaration, which E57 files do not have. Export the file again."
                )
            }
        case .tag(let quote): try takeInTag(byte, quote)
        case .comment: try takeUntil(UInt8(ascii: "-"), 2, byte)
        case .instruction: try takeUntil(UInt8(ascii: "?"), 1, byte)
        case .characters: takeCharacters(byte)
        }
    }

    private mutating func begin(_ place: Place) { (self.place, length, attributes, ending) = (place, 0, 0, 0) }

    private mutating func takeInTag(_ byte: UInt8, _ quote: UInt8?) throws(E57Error) {
        if let quote {
            if byte == quote { place = .tag(quote: nil) }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            place = .tag(quote: byte)
        } else if byte == UInt8(ascii: "=") {
            attributes += 1
        } else if byte == UInt8(ascii: ">") {
            begin(.text)
        }
        guard length <= Self.longestTag, attributes <= Self.mostAttributes else { throw Self.tooLong }
    }

    /// Until `count` times `mark`, and `>`.
    private mutating func takeUntil(_ mark: UInt8, _ count: Int, _ byte: UInt8) throws(E57Error) {
        guard length <= Self.longestComment else { throw Self.tooLong }
        if byte == UInt8(ascii: ">"), ending >= count { return begin(.text) }
        ending = byte == mark ? ending + 1 : 0
    }

    /// libxml2 passes them on piece by piece.
    private mutating func takeCharacters(_ byte: UInt8) {
        if byte == UInt8(ascii: ">"), ending >= 2 { return begin(.text) }
        ending = byte == UInt8(ascii: "]") ? ending + 1 : 0
    }

    private static let senseless = E57Error(
        .damaged,
        "The file's description is not XML in UTF-8. Copy the file again; if that does not help, export it again."
    )

    private static let tooLong = E57Error(
        .tooLarge,
        "The file's description (XML) has an element or a comment that is larger than drop360 allows. Export the file again."
    )
}
