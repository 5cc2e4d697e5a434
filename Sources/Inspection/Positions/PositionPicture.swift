import E57
import Station

/// A picture of a position, checked completely.
struct PositionPicture {
    var facts: ImageFacts
    /// At reduced size, for comparisons; nil if it was not decoded.
    var picture: Picture?

    /// The ending that belongs to the content, whatever the E57 file calls it.
    var ending: String { facts.format == .png ? "png" : "jpg" }

    /// Checks kind, size and limits by the header, then every coefficient or pixel.
    ///
    /// - Parameters:
    ///   - subject: Begins the sentences: `Image 7 of position Setup 1`.
    ///   - decodes: Whether the picture is decoded; otherwise whoever decodes it has to check it.
    static func check(
        _ bytes: [UInt8],
        of source: E57View,
        subject: String,
        decodes: Bool
    ) throws(PositionStop) -> PositionPicture {
        let checked: Result<PositionPicture, PositionStop>
        do throws(ImageRefusal) {
            checked = try bytes.withUnsafeBufferPointer {
                (bytes) throws(ImageRefusal) -> Result<PositionPicture, PositionStop> in
                let facts: ImageFacts
                switch FileKind.of(Array(bytes.prefix(FileKind.headLength))) {
                case .jpeg: facts = try JPEGStructure.facts(of: bytes)
                case .png: facts = try PNGStructure.facts(of: bytes)
                case .foreign(let what):
                    return .failure(.refused(.imageFormat, "\(subject) is \(what), not a JPEG or PNG. \(advice)"))
                case .appleDouble, .zeros, .unknown:
                    return .failure(
                        .refused(.imageFormat, "\(subject) is neither JPEG nor PNG by its content. \(advice)")
                    )
                }
                if let objection = objection(to: facts, EXIF(of: facts, in: bytes), source, subject) {
                    return .failure(objection)
                }
                guard decodes else { return .success(PositionPicture(facts: facts, picture: nil)) }
                let picture =
                    switch facts.format {
                    case .jpeg:
                        try JPEGDecoding.decode(
                            bytes,
                            facts: facts,
                            divisor: JPEGDecoding.divisor(of: facts),
                            isQuick: true
                        ).picture
                    case .png:
                        try PNGDecoding.decode(bytes, facts: facts, divisor: PNGDecoding.divisor(of: facts)).picture
                    }
                return .success(PositionPicture(facts: facts, picture: picture))
            }
        } catch {
            throw refusal(error, subject)
        }
        return try checked.get()
    }

    private static let advice = "Export the E57 file again."

    /// What the header says against the picture; nil if nothing.
    private static func objection(
        to facts: ImageFacts,
        _ exif: EXIF?,
        _ source: E57View,
        _ subject: String
    ) -> PositionStop? {
        let stated = source.picture
        if facts.width != stated.width || facts.height != stated.height {
            return .refused(
                .e57PictureSize,
                "\(subject) has \(facts.width) × \(facts.height) pixels, but the E57 file says \(stated.width) × \(stated.height), so it is "
                    + "unclear what it shows where. \(advice)"
            )
        }
        if let orientation = exif?.orientation, orientation != 1 {
            return .refused(
                .imageTurned,
                "\(subject) has to be rotated for display (EXIF orientation \(orientation)), but its pose is for the picture as it is "
                    + "stored. \(advice)"
            )
        }
        return nil
    }

    private static func refusal(_ refusal: ImageRefusal, _ subject: String) -> PositionStop {
        switch refusal {
        case .truncated: .refused(.imageTruncated, "\(subject) ends in the middle of the picture. \(advice)")
        case .damaged(let detail):
            .refused(.imageDamaged, "\(subject) is damaged (\(printable(detail, limit: 120))). \(advice)")
        case .colour(let what):
            .refused(.imageColour, "\(subject) is \(what), which the viewer does not support. \(advice)")
        case .coding(let what): .refused(.imageCoding, "\(subject) is \(what), which browsers do not decode. \(advice)")
        case .memory(let mebibytes):
            .refused(
                .imageTooHeavy,
                "\(subject) takes \(mebibytes) MiB to decode. Export the E57 file with smaller images."
            )
        case .work(let blocks, let scans):
            .refused(
                .imageTooHeavy,
                "\(subject) takes too long to decode (\(scans) scans, \(blocks) million blocks). \(advice)"
            )
        }
    }
}

extension EXIF {
    fileprivate init?(of facts: ImageFacts, in bytes: UnsafeBufferPointer<UInt8>) {
        guard let range = facts.exif else { return nil }
        self.init(Array(bytes[range]))
    }
}
