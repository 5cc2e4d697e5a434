import E57
import Foundation
import Station

extension PositionInspection {
    /// Makes six faces of six pinhole pictures: byte for byte where they are a cube's, else rendered.
    mutating func makeCube(
        _ sources: [E57View],
        _ file: borrowing E57File
    ) throws(PositionStop) -> MadeStation {
        var (files, lenses, pictures): ([String], [PinholeLens], [Picture]) = ([], [], [])
        for source in sources {
            let subject = subject(of: source)
            let (stated, limit) = (source.picture, rules.maxFace)
            // Before it is decoded, and six are kept: what it really has must be what is stated.
            guard max(stated.width, stated.height) <= limit else {
                throw .refused(
                    .faceTooLarge,
                    "\(subject) is \(stated.width) × \(stated.height) pixels, over the limit of \(limit). Export the E57 file with smaller images."
                )
            }
            let bytes = try bytes(of: source, in: file)
            let checked = try PositionPicture.check(bytes, of: source, subject: subject, decodes: true)
            let (width, height) = (checked.facts.width, checked.facts.height)
            guard let lens = PinholeLens(source.projection, width: width, height: height), let picture = checked.picture
            else {
                throw .refused(
                    .e57Damaged,
                    "\(subject) has no possible camera: focal length and pixel size are wrong. Export the E57 file again."
                )
            }
            let name = "picture-\(files.count).\(checked.ending)"
            try store { try scan.store.store(bytes, as: name, in: workshop) }
            files.append(name)
            lenses.append(lens)
            pictures.append(picture)
        }
        let pose = pose(of: sources)
        let decision = try decide(pictures, lenses, sources)
        noteFrame(decision)
        var names: [String: String] = [:]
        switch decision.plan.faces {
        case .pictures(let cameras):
            for (face, index) in cameras {
                let name = "\(face.rawValue).\(files[index].split(separator: ".").last ?? "jpg")"
                try store { try scan.store.rename(files[index], to: name, in: workshop) }
                names[name] = sources[index].words
            }
        case .rendered(let edge):
            pictures = []
            try render(decision.plan, edge: edge, files, lenses)
            for file in files { try store { try scan.store.remove(file, in: workshop) } }
            for face in Face.allCases { names["\(face.rawValue).jpg"] = "the \(face.rawValue) face" }
        }
        return MadeStation(
            rotation: decision.plan.rotation,
            translation: pose.translation,
            isSphere: false,
            names: names
        )
    }

    private func decide(
        _ pictures: [Picture],
        _ lenses: [PinholeLens],
        _ sources: [E57View]
    ) throws(PositionStop) -> CubeDecision {
        do throws(CubeDecision.Refusal) {
            return try CubeDecision(
                pictures,
                lenses,
                poses: sources.map { $0.image.pose?.rotation ?? .identity },
                scan: source.scan?.pose?.rotation,
                checksSeams: rules.seams != .off
            )
        } catch {
            let numbers = FaceFinding.list(sources.map { "\($0.image.number)" }, limit: 6)
            switch error {
            case .partial:
                throw .refused(
                    .picturesPartial,
                    "The images of \(source.shown) (\(numbers)) do not show all directions, which a 360° image needs. Export the E57 file with complete "
                        + "panoramas."
                )
            case .neither:
                throw .refused(
                    .cameraFrameWrong,
                    "The images of \(source.shown) (\(numbers)) do not meet at their edges, whether their cameras look along −z (the E57 standard) or "
                        + "along +z: their poses or fields of view are wrong, or they were not taken from one point. Export the E57 file with "
                        + "another program, or with spherical panoramas."
                )
            }
        }
    }

    private mutating func noteFrame(_ decision: CubeDecision) {
        let (images, advice) = ("The six images", "Look at the faces if you are not sure.")
        let how =
            switch decision.plan.faces {
            case .pictures: "were taken as faces byte for byte"
            case .rendered(let edge):
                "were rendered into six faces of \(edge) pixels, since they are not the faces of a cube as they are"
            }
        let sure =
            switch decision.certainty {
            case .seen: "By their edges, which meet, their cameras are taken as \(decision.frame.words)."
            case .unseen:
                "Their edges do not show how their cameras are turned "
                    + (decision.plan.isTelling
                        ? "(because of fog, night or bare walls)" : "(since they do not look along the axes of a cube)")
                    + ", so they were taken as \(decision.frame.words). \(advice)"
            case .unchecked:
                "Their cameras were taken as \(decision.frame.words); `seams: off` left that unchecked. \(advice)"
            }
        note(.cameraFrame, "\(images) \(how). \(sure)")
    }

    /// Decodes all six pictures at once, since a face may need any of them, and writes one face after the other.
    private func render(
        _ plan: CubePlan,
        edge: Int,
        _ files: [String],
        _ lenses: [PinholeLens]
    ) throws(PositionStop) {
        let needed = lenses.reduce(0) { $0 + $1.width * $1.height * 3 }
        guard needed <= Self.renderingMemory else {
            throw .refused(
                .imageTooHeavy,
                "The images of \(source.shown) take \(needed >> 20) MiB to render into a cube; the limit is \(Self.renderingMemory >> 20) MiB. Export "
                    + "the E57 file with smaller images."
            )
        }
        var pictures: [Picture] = []
        for file in files {
            guard !stop.isSet else { throw .interrupted(.stopped) }
            var bytes: [UInt8] = []
            try store { bytes = try scan.store.bytes(of: file, in: workshop) }
            do throws(Picture.Undecodable) {
                pictures.append(try Picture.decode(bytes))
            } catch {
                // Smaller, it could be decoded a moment ago; trying again would not help, and would hold up the other positions.
                throw .refused(
                    .imageDamaged,
                    "An image of \(source.shown) cannot be decoded completely (\(error.description)). Export the E57 file again."
                )
            }
        }
        let cube = plan.cube(pictures, lenses, edge: edge)
        for face in Face.allCases {
            guard !stop.isSet else { throw .interrupted(.stopped) }
            guard let picture = cube.face(face) else {
                throw .refused(
                    .picturesPartial,
                    "The images of \(source.shown) do not show all directions, which a 360° image needs. Export the E57 file with complete panoramas."
                )
            }
            try store {
                let bytes = try JPEGEncoding.encode(
                    rgb: picture.pixels,
                    width: edge,
                    height: edge,
                    quality: StationInspection.renderedQuality
                )
                try scan.store.store(bytes, as: "\(face.rawValue).jpg", in: workshop)
            }
        }
    }

    /// Of six decoded pictures, in bytes; one file and one face come on top.
    private static let renderingMemory = 700 << 20
}
