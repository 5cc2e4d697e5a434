extension SeamVerdict {
    /// What the seams say of the six faces, in a sentence or two.
    package var words: String {
        switch self {
        case .fit: "The edges meet: each face is in its place."
        case .unclear:
            "The edges of the faces do not show whether each face is in its place (because of fog, night, bare walls or a frame around each "
                + "face). This is not an error; look at the pictures if you are not sure."
        case .apart(let degrees): Self.words(forFacesOf: degrees)
        case .wrong(let arrangement, let alternative):
            "The edges of the faces do not meet: \(arrangement.words). To fix it: \(arrangement.remedy)."
                + (alternative.map { " Alternatively: \($0.words) (\($0.remedy))." } ?? "")
        }
    }

    private static func words(forFacesOf degrees: Double?) -> String {
        guard let degrees else {
            return
                "The edges of the six faces do not meet in any order, although they show plenty of detail: they are cropped, "
                + "rendered from different places, or belong to different stations. Export all six again, each 90° wide, from one point."
        }
        return
            "The edges of the six faces do not meet: each face seems to be about \(Int(degrees.rounded()))° wide, but a face of a cube is "
            + "90° wide. Export all six again with a field of view of 90°."
    }
}
