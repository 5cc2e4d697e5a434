import Crypto
import DropFolder
import Foundation
import Station

extension StationInspection {
    /// Quality of the rendered faces.
    static let renderedQuality = 92

    /// Renders the six faces from the folder's one panorama.
    ///
    /// In the lane for heavy stations, where they come one at a time: each takes hundreds of megabytes.
    ///
    /// - Returns: nil where the folder holds no panorama, or its faces are named one by one; otherwise the checks of six faces, none of them with an image where the
    ///   panorama was refused.
    mutating func convert(
        _ panoramas: [String: ImageFacts],
        scheme: FaceScheme?,
        in folder: borrowing OpenFolder
    ) throws(Interruption) -> [Face: FaceCheck]? {
        guard case .convert = rules.equirect, !panoramas.isEmpty else { return nil }
        if case .map = scheme { return nil }
        if lane == .light { throw .heavy }
        guard let name = panoramas.keys.first, panoramas.count == 1 else {
            findings.refuse(
                .equirectangular,
                "\(FaceFinding.list(panoramas.keys.sorted())) are several panorama pictures: a station's folder holds one."
            )
            return [:]
        }
        let tooLarge = (
            ProblemCode.imageTooHeavy, "a panorama has at most \(Self.faceByteLimit >> 20) MiB: export it smaller"
        )
        guard let contents = try contents(of: name, limit: Self.faceByteLimit, tooLarge: tooLarge, in: folder) else {
            return [:]
        }
        guard let panorama = decode(contents.bytes, name) else { return [:] }
        let cube = CubeFaces(panorama.picture)
        var checks: [Face: FaceCheck] = [:]
        for face in Face.allCases {
            try stop.check()
            var check = FaceCheck(exif: panorama.exif)
            let picture = cube.face(face)
            let fileName = "\(face.rawValue).jpg"
            do throws(JPEGEncodingError) {
                let bytes = try JPEGEncoding.encode(
                    rgb: picture.pixels,
                    width: cube.edge,
                    height: cube.edge,
                    quality: Self.renderedQuality
                )
                let place = ConvertedFaces.place(of: contents.digest)
                rendered.append(Rendered(bytes: bytes, fileName: fileName, place: place))
                check.image = FaceImage(
                    fileName: fileName,
                    size: Int64(bytes.count),
                    digest: FileDigest(SHA256.hash(data: bytes)),
                    format: .jpeg,
                    edge: cube.edge,
                    storedIn: place
                )
            } catch {
                findings.refuse(
                    .imageDamaged,
                    "The faces of \(printable(name)) could not be rendered (\(error.description)): export it again.",
                    file: name
                )
                return [:]
            }
            checks[face] = check
        }
        findings.note(
            .converted,
            "Six faces of \(cube.edge) pixels were rendered from the panorama \(printable(name)); the picture itself was left as it is.",
            file: name
        )
        return checks
    }

    /// A face that is to be kept as soon as its station is accepted.
    struct Rendered {
        var bytes: [UInt8]
        var fileName: String
        var place: String
    }

    /// Bytes of a panorama's file, coefficients and pixels together: what the service's unit allows, with room for the rest.
    private static let panoramaMemory = 1 << 30

    /// Writes the rendered faces of a station that is good in every other way; false where the disk does not take them.
    mutating func storeRendered() -> Bool {
        guard case .convert(let store?) = rules.equirect else { return true }
        do {
            for face in rendered { try store.store(face.bytes, as: face.fileName, in: face.place) }
            return true
        } catch {
            findings.wait(
                .notConverted,
                "The rendered faces could not be written to the state directory (\(error.localizedDescription)); drop360 tries again "
                    + "in a few minutes."
            )
            return false
        }
    }

    private mutating func decode(_ bytes: [UInt8], _ name: String) -> (picture: Picture, exif: EXIF?)? {
        do throws(ImageRefusal) {
            return try bytes.withUnsafeBufferPointer { (bytes) throws(ImageRefusal) -> (Picture, EXIF?)? in
                let kind = FileKind.of(Array(bytes.prefix(FileKind.headLength)))
                let facts =
                    switch kind {
                    case .jpeg: try JPEGStructure.facts(of: bytes)
                    case .png: try PNGStructure.facts(of: bytes)
                    default: throw .damaged("it is neither JPEG nor PNG")
                    }
                let exif = facts.exif.map { EXIF(Array(bytes[$0])) }
                let sphere = facts.xmp.map { SphereMetadata(Array(bytes[$0])) }
                guard fits(facts, exif, name), isWhole(sphere?.objection, name) else { return nil }
                guard bytes.count + facts.effort.memory + facts.width * facts.height * 3 <= Self.panoramaMemory else {
                    throw .memory((facts.effort.memory + facts.width * facts.height * 3) >> 20)
                }
                let (picture, oddities) =
                    kind == .jpeg
                    ? try JPEGDecoding.decode(bytes, facts: facts, divisor: 1, isQuick: false)
                    : try PNGDecoding.decode(bytes, facts: facts, divisor: 1)
                FaceCheck.noteOddities(facts.oddities + oddities, name, &findings)
                guard isWhole(SpherePoles.objection(to: picture), name) else { return nil }
                return (picture, exif)
            }
        } catch {
            FaceCheck.refuse(error, name, &findings)
            return nil
        }
    }

    private mutating func isWhole(_ objection: String?, _ name: String) -> Bool {
        guard let objection else { return true }
        findings.refuse(
            .panoramaPartial,
            "\(printable(name)) is twice as wide as high, but no whole sphere: \(objection). Export the stitched panorama, all of it, as "
                + "equirectangular picture.",
            file: name
        )
        return false
    }

    /// Whether the header lets the panorama be decoded and rendered.
    private mutating func fits(_ facts: ImageFacts, _ exif: EXIF?, _ name: String) -> Bool {
        let (shown, size) = (printable(name), "\(facts.width) × \(facts.height)")
        let edge = CubeFaces.edge(ofWidth: facts.width)
        guard facts.width == 2 * facts.height else {
            findings.refuse(
                .equirectangular,
                "\(shown) is \(size) pixels, not twice as wide as high: export it again.",
                file: name
            )
            return false
        }
        if facts.width > rules.maxFace * 4 || facts.width > CubeFaces.largestEdge * 4 {
            findings.refuse(
                .faceTooLarge,
                "\(shown) is \(size) pixels; a panorama has at most \(min(rules.maxFace, CubeFaces.largestEdge) * 4) across.",
                file: name
            )
            return false
        }
        if edge < rules.minFace {
            findings.refuse(
                .faceTooSmall,
                "\(shown) is \(size) pixels, which makes faces of \(edge), below the limit of \(rules.minFace): export it larger.",
                file: name
            )
            return false
        }
        if let orientation = exif?.orientation, orientation != 1 {
            findings.refuse(
                .imageTurned,
                "\(shown) is to be turned when shown (EXIF orientation \(orientation)): export it upright.",
                file: name
            )
            return false
        }
        return true
    }
}
