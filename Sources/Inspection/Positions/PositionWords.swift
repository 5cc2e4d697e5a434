import E57
import Station

/// Puts what inspection says of a folder that drop360 made itself into words about the E57 file, which is what the crew has.
struct PositionWords {
    let source: E57Position
    /// What each file of the folder shows.
    let names: [String: String]
    /// `NAME.e57.json`.
    let sidecar: String

    func translated(_ problem: Problem) -> Problem {
        var result = problem
        result.file = nil
        switch ProblemCode(rawValue: problem.code) {
        case .converted:
            result.message = "The panorama was rendered into six faces."
        case .metadataTooLarge, .metadataInvalid: result.file = sidecar
        case .idInvalid, .idTooLong:
            result.message =
                "\(renamed(problem.message, ending: nil)) See \(printable(sidecar)) and the names in the E57 file."
        case .timeUnused: result.message = problem.message.replacing("; give `timeTaken`", with: "")
        case .faceRepeated:
            result.message = renamed(problem.message, ending: nil).replacing(" Replace the wrong one.", with: "")
                .replacing(" Replace the wrong ones.", with: "")
            result.message += " Export the E57 file again."
        case .imageEmpty, .imageTruncated, .imageDamaged, .misNamed, .imageFormat, .imageColour, .imageCoding,
            .imageTurned,
            .notSquare, .faceTooSmall, .faceTooLarge:
            result.message = renamed(problem.message, ending: "export the E57 file again.")
        case .imageTooHeavy:
            result.message = renamed(problem.message, ending: "export the E57 file with smaller images.")
        case .panoramaPartial, .equirectangular:
            result.message = renamed(problem.message, ending: nil)
                .replacing(
                    "Export the complete stitched panorama as an equirectangular picture.",
                    with: "Export the E57 file with complete panoramas."
                )
        default: result.message = renamed(problem.message, ending: nil)
        }
        return result
    }

    /// With what the files show instead of their names, and, if given, other advice after the last colon.
    private func renamed(_ message: String, ending: String?) -> String {
        var words = message
        for (name, what) in names { words = words.replacing(name, with: "\(what) of \(source.shown)") }
        if let ending, let colon = words.ranges(of: ": ").last { words = words[..<colon.upperBound] + ending }
        return words.capitalised
    }
}
