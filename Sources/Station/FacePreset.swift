/// How a program names the six files if the names alone do not identify the faces; used only if the sidecar or configuration says so.
///
/// Order and names are those of `field-formats.md`. The last part of the name counts, after `_ - .` or a space; case does not matter.
package enum FacePreset: String, CaseIterable, Sendable {
    /// `…_f _r _b _l _u _d`
    case krpano
    /// `…_1` to `…_6`: front, right, back, left, top, bottom.
    case pano2vr
    /// `F R B L U D`
    case py360convert
    /// `…_skybox0` to `…_skybox5`: top, front, right, back, left, bottom.
    case matterportSkybox = "matterport-skybox"
    /// `CubeFace1` to `CubeFace6` in Leica's order A: front, right, back, left, top, bottom.
    case leicaCubefaceA = "leica-cubeface-a"
    /// `CubeFace1` to `CubeFace6` in Leica's order B: front, back, left, right, top, bottom.
    case leicaCubefaceB = "leica-cubeface-b"
    /// `px nx py ny pz nz` or `posx negx …` with the front at `pz`, as OpenGL's cube maps are laid out: `px` is right.
    case frontPlusZ = "gl-front-plus-z"
    /// The same names with the front at `nz`, taken by a right-handed camera that looks along −Z: `px` is right.
    case frontMinusZ = "gl-front-minus-z"

    /// The last part of the name for each face, in lower case, in the order front, right, back, left, top, bottom.
    private var tokens: [[String]] {
        switch self {
        case .krpano, .py360convert: [["f"], ["r"], ["b"], ["l"], ["u"], ["d"]]
        case .pano2vr: (1...6).map { ["\($0)"] }
        case .matterportSkybox: [1, 2, 3, 4, 0, 5].map { ["skybox\($0)"] }
        case .leicaCubefaceA: (1...6).map { ["cubeface\($0)"] }
        case .leicaCubefaceB: [1, 4, 2, 3, 5, 6].map { ["cubeface\($0)"] }
        case .frontPlusZ:
            [["pz", "posz"], ["px", "posx"], ["nz", "negz"], ["nx", "negx"], ["py", "posy"], ["ny", "negy"]]
        case .frontMinusZ:
            [["nz", "negz"], ["px", "posx"], ["pz", "posz"], ["nx", "negx"], ["py", "posy"], ["ny", "negy"]]
        }
    }

    private static let order: [Face] = [.front, .right, .back, .left, .top, .bottom]

    /// The face in a file of this name; nil if the name is not one of the preset's.
    package func face(of name: String) -> Face? {
        guard let token = FaceNaming.lastToken(of: name) else { return nil }
        return zip(Self.order, tokens).first { $1.contains(token) }?.0
    }

    /// How the six names end, for a message: `skybox1 (front), …`.
    package var words: String {
        zip(Self.order, tokens).map { "\($1[0]) (\($0))" }.joined(separator: ", ")
    }
}

/// How files are assigned to faces.
package enum FaceScheme: Equatable, Sendable {
    /// All six file names, compared case-insensitively.
    case map([Face: String])
    case preset(FacePreset)
}
