import E57
import Foundation
import Station

extension PositionInspection {
    /// Puts the picture of the sphere into the folder, as a panorama.
    mutating func makeSphere(
        _ source: E57View,
        _ file: borrowing E57File
    ) throws(PositionStop) -> MadeStation {
        let subject = subject(of: source)
        let bytes = try bytes(of: source, in: file)
        let picture = try PositionPicture.check(bytes, of: source, subject: subject, decodes: false)
        let (width, height) = (picture.facts.width, picture.facts.height)
        guard width == 2 * height else {
            throw .refused(
                .panoramaPartial,
                "\(subject) is \(width) × \(height) pixels; a whole sphere is twice as wide as high. Export the E57 file with square pixels."
            )
        }
        let edge = CubeFaces.edge(ofWidth: width)
        guard edge >= rules.minFace else {
            throw .refused(
                .faceTooSmall,
                "\(subject) is \(width) × \(height) pixels, which makes faces of \(edge), below the limit of \(rules.minFace). Export the E57 file "
                    + "with larger images."
            )
        }
        let limit = min(rules.maxFace, CubeFaces.largestEdge) * 4
        guard width <= limit else {
            throw .refused(
                .faceTooLarge,
                "\(subject) is \(width) × \(height) pixels, over the limit of \(limit) for its width. Export the E57 file with smaller images."
            )
        }
        let name = "panorama.\(picture.ending)"
        try store { try scan.store.store(bytes, as: name, in: workshop) }
        note(
            .azimuthAssumed,
            "The panorama is a sphere, which does not show which way it is turned. drop360 took its middle to look along "
                + "\(rules.azimuth == .centreX ? "+x" : "−x") of its pose (`azimuth: \(rules.azimuth.rawValue)`"
                + "\(rules.azimuth == .centreX ? ", as the E57 standard says" : "")). If it is turned by 180° in the viewer, the operator can set "
                + "`azimuth: \(SphereAzimuth.allCases.first { $0 != rules.azimuth }?.rawValue ?? "")` for the inbox, under `e57`."
        )
        let pose = pose(of: [source])
        return MadeStation(
            rotation: pose.rotation * rules.azimuth.turn * LocalFrame.xForward.fromCube,
            translation: pose.translation,
            isSphere: true,
            names: [name: source.words]
        )
    }

    /// The first picture's rotation, and the mean of the translations; where the file has no pose, the standard's.
    mutating func pose(of sources: [E57View]) -> E57Pose {
        let zero = Vector3(x: 0, y: 0, z: 0)
        let poses = sources.compactMap(\.image.pose)
        if poses.count < sources.count {
            note(
                .poseAssumed,
                "The E57 file gives no pose for the images of this position. As the E57 standard says, they were taken to be at the origin of the "
                    + "file, without rotation. If that is wrong, register the scan and export it again."
            )
        }
        let all = sources.map { $0.image.pose?.translation ?? zero }
        let mean = all.reduce(zero, +) * (1 / Double(max(1, all.count)))
        return E57Pose(
            rotation: poses.first?.rotation ?? .identity,
            translation: all.allSatisfy { $0 == all[0] } ? all[0] : mean
        )
    }
}

extension SphereAzimuth {
    /// From a frame whose +x is in the middle of the picture to the picture's own.
    var turn: Rotation {
        switch self {
        case .centreX: .identity
        case .edgeX: Rotation(rows: .init(x: -1, y: 0, z: 0), .init(x: 0, y: -1, z: 0), .init(x: 0, y: 0, z: 1))
        }
    }
}
