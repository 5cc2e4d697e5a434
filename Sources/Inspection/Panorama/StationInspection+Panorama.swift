import Crypto
import DropFolder
import Foundation
import Station

extension StationInspection {
    /// The JPEG quality of the rendered faces.
    static let renderedQuality = 92

    /// Renders the six faces from the folder's one panorama.
    ///
    /// This happens in the heavy lane, one station at a time: each takes hundreds of megabytes.
    ///
    /// - Returns: nil if the folder contains no panorama, or its faces are named one by one; otherwise the checks of six faces, without images if the
    ///   panorama was refused.
    mutating func convert(
        _ panoramas: [String: ImageFacts],
        scheme: FaceScheme?,
        in folder: borrowing OpenFolder
    ) throws(Interruption) -> [Face: FaceCheck]? {
        guard case .convert(let store) = rules.equirect, !panoramas.isEmpty else { return nil }
        if case .map = scheme { return nil }
        if lane == .light { throw .heavy }
        guard let name = panoramas.keys.first, panoramas.count == 1 else {
            findings.refuse(
                .equirectangular,
                "\(FaceFinding.list(panoramas.keys.sorted())) are several panoramas, but a station has one: keep one of them."
            )
            return [:]
        }
        let tooLarge = (
            ProblemCode.imageTooHeavy, "the limit for a panorama is \(Self.faceByteLimit >> 20) MiB: export it smaller"
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
                let place = store?.place(of: contents.digest) ?? ConvertedFaces.place(of: contents.digest)
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
            "Six faces of \(cube.edge) pixels were rendered from the panorama \(printable(name)), which was not changed.",
            file: name
        )
        return checks
    }

    /// A rendered face, to be stored once its station is accepted.
    struct Rendered {
        var bytes: [UInt8]
        var fileName: String
        var place: String
    }

    /// The limit for a panorama's file, coefficients and pixels together, in bytes; it fits the memory limit of the service's unit.
    private static let panoramaMemory = 1 << 30

    /// Writes the rendered faces of a station that is otherwise good; false if that fails.
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
            "\(printable(name)) is twice as wide as high, but not a whole sphere: \(objection). Export the complete stitched panorama as an "
                + "equirectangular picture.",
            file: name
        )
        return false
    }

    /// Whether the panorama can be decoded and rendered, going by its header.
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
                "\(shown) is \(size) pixels, over the limit of \(min(rules.maxFace, CubeFaces.largestEdge) * 4) for the width of a panorama: export it smaller.",
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
                "\(shown) has to be rotated for display (EXIF orientation \(orientation)): export it upright.",
                file: name
            )
            return false
        }
        return true
    }
}
