import Foundation
import Station

/// The unfolded cube of a station, and what the script makes the 360° view of.
struct CubeView {
    struct FaceView {
        var face: String
        /// Without a size; nil where the face cannot be shown.
        var address: String?
        /// Why it cannot be shown.
        var words: PageText?
        /// The names of its four edges: `front-top`.
        var edges: [String]
    }

    let faces: [FaceView]
    /// The rows of the matrix from the cube's frame to CDF's: nine numbers.
    let rotation: String
    /// What is shown, and where the front face looks.
    let words: String
    /// Why the pose is not this station's own; nil where it is.
    let otherPose: Int64?
    let seams: String
    /// Whether all six can be compared.
    let showsSeams: Bool

    init(_ cube: CubeDetail, number: Int64) {
        faces = Face.allCases.map { face in
            let hidden = cube.hidden[face]?.words ?? (cube.faces[face] == nil ? Self.noFile : nil)
            let address = "/stations/\(number)/faces/\(face.rawValue)?of=\(cube.faces[face] ?? "")"
            return FaceView(
                face: face.rawValue,
                address: hidden == nil ? address : nil,
                words: hidden.map { PageText($0) },
                edges: ["top", "right", "bottom", "left"].map { "\(face.rawValue)-\($0)" }
            )
        }
        showsSeams = faces.allSatisfy { $0.address != nil }
        rotation = (cube.pose?.rotation.m ?? Self.unturned).joined().map { String(format: "%.12g", $0) }
            .joined(separator: " ")
        words = Self.words(for: cube)
        otherPose = cube.poseOf
        // Another content has another address, so that the page asks again.
        seams = "/stations/\(number)/seams?of=\(cube.version)"
    }

    private static let noFile = "No file of this face was found in the folder."
    private static let unturned = [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]

    private static func words(for cube: CubeDetail) -> String {
        let found = cube.isAccepted ? "" : "This is what is in the folder; it has not been accepted. "
        guard let pose = cube.pose else {
            return found + "Its pose is not known, so the view is not turned: trust no heading."
        }
        return "\(found)The front face looks \(words(for: pose))."
    }

    /// Where the front face looks.
    private static func words(for pose: Pose) -> String {
        let front = pose.rotation.applied(to: Vector3(x: 0, y: -1, z: 0))
        guard let heading = pose.heading else { return front.z > 0 ? "straight up" : "straight down" }
        let pitch = asin(max(-1, min(1, front.z))) * 180 / .pi
        let level = abs(pitch) < 0.05 ? "" : ", \(tenths(abs(pitch)))° \(pitch > 0 ? "up" : "down")"
        return "\(tenths(heading))° clockwise from +Y\(level)"
    }

    private static func tenths(_ degrees: Double) -> String {
        let text = String(format: "%.1f", degrees)
        return text == "360.0" ? "0.0" : text
    }
}

/// The comparison of the twelve edges, in words.
struct SeamPage {
    struct Line {
        /// Both sides, for the script: `front-top top-bottom`.
        var sides: String
        var match: String
        var verdict: String
        var words: String
    }

    let number: Int64
    let words: PageText
    let lines: [Line]

    init(number: Int64, _ seams: SeamDetail) {
        self.number = number
        words = PageText(seams.words)
        lines = seams.seams.map { seam in
            Line(
                sides: seam.sides.map { "\($0.face.rawValue)-\($0.edge)" }.joined(separator: " "),
                match: seam.match,
                verdict: Self.verdicts[seam.match] ?? seam.match,
                words: seam.sides.map { "\($0.face.rawValue) (\($0.edge) edge)" }.joined(separator: " and ")
            )
        }
    }

    private static let verdicts = [
        "meets": "meets", "doubtful": "doubtful", "apart": "does not meet", "plain": "nothing to compare",
    ]
}
