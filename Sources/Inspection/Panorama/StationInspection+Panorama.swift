import Crypto
import DropFolder
import Foundation
import Station

extension StationInspection {
    /// Quality of the rendered faces.
    static let renderedQuality = 92

    /// Renders the six faces from the folder's one panorama.
    ///
    /// - Returns: nil where the folder holds no single panorama; otherwise the checks of six faces, none of them with an image where the
    ///   panorama was refused.
    mutating func convert(
        _ panoramas: [String: ImageFacts],
        in folder: borrowing OpenFolder
    ) throws(Interruption) -> [Face: FaceCheck]? {
        guard case .convert(let store) = rules.equirect, !panoramas.isEmpty else { return nil }
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
            do {
                let bytes = try JPEGEncoding.encode(
                    rgb: picture.pixels,
                    width: cube.edge,
                    height: cube.edge,
                    quality: Self.renderedQuality
                )
                try store?.store(bytes, as: fileName, of: contents.digest)
                check.image = FaceImage(
                    fileName: fileName,
                    size: Int64(bytes.count),
                    digest: FileDigest(SHA256.hash(data: bytes)),
                    format: .jpeg,
                    edge: cube.edge,
                    storedIn: store?.place(of: contents.digest)
                )
            } catch {
                // A disk that is full: nothing is wrong with the station.
                findings.wait(
                    .notConverted,
                    "The faces of \(printable(name)) could not be written to the state directory (\(error.localizedDescription)); "
                        + "drop360 tries again.",
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

    private mutating func decode(_ bytes: [UInt8], _ name: String) -> (picture: Picture, exif: EXIF?)? {
        do throws(ImageRefusal) {
            let facts = try bytes.withUnsafeBufferPointer { (bytes) throws(ImageRefusal) -> ImageFacts in
                switch FileKind.of(Array(bytes.prefix(FileKind.headLength))) {
                case .jpeg: try JPEGStructure.facts(of: bytes)
                case .png: try PNGStructure.facts(of: bytes)
                default: throw .damaged("it is neither JPEG nor PNG")
                }
            }
            let exif = facts.exif.map { EXIF(Array(bytes[$0])) }
            guard fits(facts, exif, name) else { return nil }
            do throws(Picture.Undecodable) {
                return (try Picture.decode(bytes), exif)
            } catch {
                throw error.description.contains("Premature end") ? .truncated : .damaged(error.description)
            }
        } catch {
            FaceCheck.refuse(error, name, &findings)
            return nil
        }
    }

    /// Whether the header lets the panorama be decoded and rendered.
    private mutating func fits(_ facts: ImageFacts, _ exif: EXIF?, _ name: String) -> Bool {
        let (shown, size) = (printable(name), "\(facts.width) × \(facts.height)")
        let edge = CubeFaces.edge(ofWidth: facts.width)
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
