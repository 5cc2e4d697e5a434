import Station

/// How six pinhole pictures become the faces of a cube, in one reading of their poses.
struct CubePlan {
    enum Faces {
        /// Each picture is a face, byte for byte: an index of the pictures.
        case pictures([Face: Int])
        /// To be rendered.
        case rendered(edge: Int)
    }

    /// Takes directions of the image cube to the file's frame.
    var rotation: Rotation
    var faces: Faces
    /// Whether seams of these faces can tell that the poses were misread.
    var isTelling: Bool
    /// Each camera, to the file's frame.
    private let cameras: [Rotation]

    /// The largest angle between a picture taken byte for byte and its face: radians.
    static let tolerance = 0.1 * Double.pi / 180

    /// - Parameters:
    ///   - lenses: Of six pictures.
    ///   - poses: Of each picture's own frame, to the file's frame.
    ///   - frame: How the pictures' own frames are turned.
    ///   - scan: From the scan's frame to the file's, where it is known: front looks nearest to its +x, top to its +z.
    init(_ lenses: [PinholeLens], poses: [Rotation], frame: CameraFrame, scan: Rotation?) {
        cameras = poses.map { $0 * frame.fromStandard }
        if lenses.allSatisfy(\.isFaceOfCube), Set(lenses.map(\.width)).count == 1,
            let fit = CubeFit.of(cameras), fit.deviation <= Self.tolerance
        {
            (rotation, faces, isTelling) = (fit.rotation, .pictures(fit.cameras), true)
            return
        }
        let directions = cameras.map(\.forward)
        let x = Vector3(x: 1, y: 0, z: 0)
        let orientation = CubeOrientation(
            of: directions,
            ahead: scan.map { $0.applied(to: x) } ?? directions.first ?? x,
            up: (scan ?? .identity).applied(to: Vector3(x: 0, y: 0, z: 1))
        )
        (rotation, isTelling) = (orientation.rotation, orientation.isAlongCameras)
        faces = .rendered(edge: PinholeCube.edge(for: lenses))
    }

    /// The faces, from these pictures, which may be smaller than the lenses say; nil if they leave a gap.
    func faces(from pictures: [Picture], _ lenses: [PinholeLens]) -> [Face: Picture]? {
        switch faces {
        case .pictures(let cameras): return cameras.mapValues { pictures[$0] }
        case .rendered:
            let cube = cube(pictures, lenses, edge: Self.smallEdge)
            var faces: [Face: Picture] = [:]
            for face in Face.allCases {
                guard let picture = cube.face(face) else { return nil }
                faces[face] = picture
            }
            return faces
        }
    }

    /// Enough for the seams.
    private static let smallEdge = 256

    func cube(_ pictures: [Picture], _ lenses: [PinholeLens], edge: Int) -> PinholeCube {
        let views = zip(pictures, lenses).enumerated().map { index, view in
            PinholeCube.View(
                lens: view.1.scaled(to: view.0.width, view.0.height),
                rotation: rotation.transposed * cameras[index],
                picture: view.0
            )
        }
        return PinholeCube(views, edge: edge)
    }
}

/// Which reading of six poses the seams of the faces speak for.
struct CubeDecision {
    enum Certainty: Equatable {
        /// The faces meet, and only so.
        case seen
        /// The pictures do not show it: fog, night, bare walls; the standard's reading.
        case unseen
        /// The inbox's configuration does not let the seams be checked; the standard's reading.
        case unchecked
    }

    /// Why no reading will do.
    enum Refusal: Error {
        /// A direction is in none of the pictures.
        case partial
        /// The faces meet in neither reading.
        case neither
    }

    var frame: CameraFrame
    var plan: CubePlan
    var certainty: Certainty

    /// Tries the standard's frame first, then computer vision's.
    ///
    /// - Parameter pictures: Reduced is enough.
    init(
        _ pictures: [Picture],
        _ lenses: [PinholeLens],
        poses: [Rotation],
        scan: Rotation?,
        checksSeams: Bool
    ) throws(Refusal) {
        var doubtful: (CameraFrame, CubePlan)?
        var isWhole = false
        var standardFails = false
        for frame in CameraFrame.allCases {
            let plan = CubePlan(lenses, poses: poses, frame: frame, scan: scan)
            guard let faces = plan.faces(from: pictures, lenses) else { continue }
            isWhole = true
            guard checksSeams else {
                (self.frame, self.plan, certainty) = (frame, plan, .unchecked)
                return
            }
            switch plan.isTelling ? SeamCheck.verdict(of: faces) : .unclear {
            case .fit:
                (self.frame, self.plan, certainty) = (frame, plan, .seen)
                return
            case .unclear: if doubtful == nil { doubtful = (frame, plan) }
            case .wrong, .apart: if frame == .standard { standardFails = true }
            }
        }
        guard isWhole else { throw .partial }
        guard let doubtful, doubtful.0 == .standard, !standardFails else { throw .neither }
        (frame, plan, certainty) = (doubtful.0, doubtful.1, .unseen)
    }
}
