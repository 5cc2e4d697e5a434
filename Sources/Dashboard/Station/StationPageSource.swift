package import Station

/// Where `/stations/NUMBER` gets what it shows.
package struct StationPageSource: Sendable {
    /// Everything about one item; nil if the ledger has none of that number.
    package var item: @Sendable (_ number: Int64) async throws -> ItemDetail?
    /// A face of an item as it was accepted, as a JPEG no more than `edge` pixels wide.
    package var face: @Sendable (_ number: Int64, Face, _ edge: Int) async throws -> FaceAnswer
    /// How the edges of an item's faces meet.
    package var seams: @Sendable (_ number: Int64) async throws -> SeamAnswer
    /// Of which face a picture is, without making one; nil where there is none.
    package var digest: @Sendable (_ number: Int64, Face) async throws -> FileDigest?

    package init(
        item: @escaping @Sendable (Int64) async throws -> ItemDetail?,
        face: @escaping @Sendable (Int64, Face, Int) async throws -> FaceAnswer,
        seams: @escaping @Sendable (Int64) async throws -> SeamAnswer,
        digest: @escaping @Sendable (Int64, Face) async throws -> FileDigest? = { _, _ in nil }
    ) {
        self.item = item
        self.face = face
        self.seams = seams
        self.digest = digest
    }
}

/// What became of a request for a picture.
package enum FaceAnswer: Sendable, Equatable {
    /// - Parameters:
    ///   - jpeg: The file.
    ///   - digest: Of the face that it shows.
    case picture(jpeg: [UInt8], digest: FileDigest)
    /// The ledger has no such item, or nothing of it was ever accepted.
    case unknown
    case hidden(HiddenFace)
}

/// What became of a request for the seams.
package enum SeamAnswer: Sendable, Equatable {
    case compared(SeamDetail)
    case unknown
    case hidden(HiddenFace)
}

/// Why a face is not shown.
package struct HiddenFace: Sendable, Equatable {
    package enum Cause: Sendable {
        /// Gone, or changed since.
        case gone
        case undecodable
        /// It may be shown later.
        case unavailable
    }

    package var cause: Cause
    package var words: String

    package init(_ cause: Cause, _ words: String) {
        self.cause = cause
        self.words = words
    }
}

/// How the twelve edges of a cube meet.
package struct SeamDetail: Sendable, Equatable {
    package struct Seam: Sendable, Equatable {
        /// Two, each the face and the edge of its picture: `front`, `top`.
        package var sides: [(face: Face, edge: String)]
        /// `meets`, `doubtful`, `apart` or `plain` (nothing to compare).
        package var match: String

        package init(sides: [(face: Face, edge: String)], match: String) {
            self.sides = sides
            self.match = match
        }

        package static func == (one: Self, other: Self) -> Bool {
            one.match == other.match && one.sides.elementsEqual(other.sides) { $0 == $1 }
        }
    }

    package var seams: [Seam]
    package var words: String

    package init(seams: [Seam], words: String) {
        self.seams = seams
        self.words = words
    }
}
