import DropFolder
import Station

/// The result of checking one face.
struct FaceCheck {
    /// Nil if something is wrong with it.
    var image: FaceImage?
    /// Nil if the header could not be read.
    var facts: ImageFacts?
    var exif: EXIF?
    /// The picture at reduced size, for comparisons; nil if it could not be decoded or is not square.
    var picture: Picture?

    /// Checks a face completely: its kind and name, its header against the limits, and then every coefficient or pixel.
    static func check(
        _ name: String,
        _ contents: FileContents,
        rules: InspectionRules,
        findings: inout StationFindings
    ) -> FaceCheck {
        var check = FaceCheck()
        let shown = printable(name)
        guard !contents.bytes.isEmpty else {
            findings.suspect(
                .imageEmpty,
                "\(shown) is empty (0 bytes): copy it again. In a cloud folder (OneDrive, Dropbox, Google Drive) it may be a placeholder: "
                    + "download the file itself first.",
                file: name
            )
            return check
        }
        guard let format = format(of: contents.bytes, name, &findings) else { return check }
        contents.bytes.withUnsafeBufferPointer { bytes in
            do throws(ImageRefusal) {
                let facts =
                    switch format {
                    case .jpeg: try JPEGStructure.facts(of: bytes)
                    case .png: try PNGStructure.facts(of: bytes)
                    }
                check.facts = facts
                check.exif = facts.exif.map { EXIF(Array(bytes[$0])) }
                guard fits(facts, check.exif, name, rules, &findings) else { return }
                let (picture, oddities) =
                    switch format {
                    case .jpeg:
                        try JPEGDecoding.decode(
                            bytes,
                            facts: facts,
                            divisor: JPEGDecoding.divisor(of: facts),
                            isQuick: true
                        )
                    case .png: try PNGDecoding.decode(bytes, facts: facts, divisor: PNGDecoding.divisor(of: facts))
                    }
                check.picture = picture.width == picture.height ? picture : nil
                noteOddities(facts.oddities + oddities, name, &findings)
                check.image = FaceImage(
                    fileName: name,
                    size: Int64(bytes.count),
                    digest: contents.digest,
                    format: format,
                    edge: facts.width
                )
            } catch {
                refuse(error, name, &findings)
            }
        }
        return check
    }

    static func noteOddities(_ oddities: [String], _ name: String, _ findings: inout StationFindings) {
        guard !oddities.isEmpty else { return }
        findings.note(
            .imageUntidy,
            "\(printable(name)) has harmless flaws (\(oddities.joined(separator: "; "))). No action is needed: every pixel is intact.",
            file: name
        )
    }

    /// The format of the content; nil if the viewer does not support it or the name does not match.
    private static func format(
        of bytes: [UInt8],
        _ name: String,
        _ findings: inout StationFindings
    ) -> FaceImage.Format? {
        let shown = printable(name)
        let ending = FaceNaming.fileExtension(of: name)
        let isNamedPNG = ending == "png"
        switch FileKind.of(bytes) {
        case .jpeg where !isNamedPNG: return .jpeg
        case .png where isNamedPNG: return .png
        case .jpeg:
            findings.refuse(
                .misNamed,
                "\(shown) is a JPEG by its content: rename it so that it ends in .jpg.",
                file: name
            )
        case .png:
            findings.refuse(
                .misNamed,
                "\(shown) is a PNG by its content: rename it so that it ends in .png.",
                file: name
            )
        case .foreign(let what):
            findings.refuse(
                .imageFormat,
                "\(shown) is \(what) by its content, not a JPEG or PNG: convert or export it again.",
                file: name
            )
        case .appleDouble:
            findings.refuse(
                .imageFormat,
                "\(shown) contains only macOS metadata, not the picture: copy the picture itself.",
                file: name
            )
        case .zeros:
            findings.suspect(
                .imageTruncated,
                "\(shown) starts with zero bytes, as after an interrupted copy: copy it again.",
                file: name
            )
        case .unknown where bytes.count < 16:
            findings.suspect(
                .imageTruncated,
                "\(shown) ends too early (\(bytes.count) bytes): copy it again.",
                file: name
            )
        case .unknown:
            findings.refuse(
                .imageFormat,
                "\(shown) is neither JPEG nor PNG by its content: export it again.",
                file: name
            )
        }
        return nil
    }

    /// Whether the picture can be decoded and shown, going by its header.
    private static func fits(
        _ facts: ImageFacts,
        _ exif: EXIF?,
        _ name: String,
        _ rules: InspectionRules,
        _ findings: inout StationFindings
    ) -> Bool {
        let shown = printable(name)
        let size = "\(facts.width) × \(facts.height)"
        var fits = true
        func refuse(_ code: ProblemCode, _ message: String) {
            findings.refuse(code, message, file: name)
            fits = false
        }
        if facts.width != facts.height {
            refuse(.notSquare, "\(shown) is \(size) pixels, but a face must be square: export it again.")
        }
        if max(facts.width, facts.height) > rules.maxFace {
            refuse(.faceTooLarge, "\(shown) is \(size) pixels, over the limit of \(rules.maxFace): export it smaller.")
        } else if min(facts.width, facts.height) < rules.minFace {
            refuse(.faceTooSmall, "\(shown) is \(size) pixels, below the limit of \(rules.minFace): export it larger.")
        }
        if let orientation = exif?.orientation, orientation != 1 {
            refuse(
                .imageTurned,
                "\(shown) has to be rotated for display (EXIF orientation \(orientation)), which is not allowed for a face: export it "
                    + "upright."
            )
        }
        return fits
    }

    static func refuse(_ refusal: ImageRefusal, _ name: String, _ findings: inout StationFindings) {
        let shown = printable(name)
        switch refusal {
        case .truncated:
            findings.suspect(.imageTruncated, "\(shown) ends in the middle of the picture: copy it again.", file: name)
        case .damaged(let detail):
            findings.suspect(
                .imageDamaged,
                "\(shown) is damaged (\(printable(detail, limit: 120))): copy or export it again.",
                file: name
            )
        case .colour(let what):
            findings.refuse(
                .imageColour,
                "\(shown) is \(what), which the viewer does not support: export it as 8-bit RGB.",
                file: name
            )
        case .memory(let mebibytes):
            findings.refuse(
                .imageTooHeavy,
                "\(shown) takes \(mebibytes) MiB to decode, since it is progressive or interlaced: export it as a baseline picture, or smaller.",
                file: name
            )
        case .work(let blocks, let scans):
            findings.refuse(
                .imageTooHeavy,
                "\(shown) takes too long to decode (\(scans) scans, \(blocks) million blocks): export it as a baseline JPEG.",
                file: name
            )
        case .coding(let what):
            findings.refuse(
                .imageCoding,
                "\(shown) is \(what), which browsers do not decode: export it as an ordinary JPEG.",
                file: name
            )
        }
    }
}
