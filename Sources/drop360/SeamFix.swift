import Foundation
import Inspection
import Station

/// The shell commands that fix what the seam check found; drop360 never runs them itself.
struct SeamFix {
    /// The station's folder, absolute.
    let folder: String
    /// The current file of each face.
    let files: [Face: String]
    let arrangement: FaceArrangement

    /// Commands in one subshell, which stops at the first error.
    ///
    /// nil if a name has characters that must not reach a terminal. Files are renamed by way of a name ending in `.part`: while there is
    /// one, a running daemon waits.
    var commands: [String]? {
        let names = [folder] + files.values
        guard names.allSatisfy({ printable($0, limit: .max) == $0 }) else { return nil }
        var steps: [String] = []
        for face in Face.allCases where arrangement[face].turn != .none {
            guard let file = files[arrangement[face].file] else { continue }
            steps += Self.turn(file, arrangement[face].turn)
        }
        for ring in arrangement.cycles {
            let moves = ring.compactMap { face -> (from: String, to: String)? in
                guard let from = files[arrangement[face].file], let place = files[face] else { return nil }
                return (from, Self.name(from, at: place))
            }
            steps += moves.map { "mv \(Self.quoted($0.from)) \(Self.quoted($0.to + ".part"))" }
            steps += moves.map { "mv \(Self.quoted($0.to + ".part")) \(Self.quoted($0.to))" }
        }
        let leftovers = arrangement.cycles.flatMap { $0.compactMap { files[$0].map { Self.quoted($0 + ".part") } } }
        let checks = leftovers.map { "test ! -e \($0)" }
        return ["( set -e", "cd -- '\(Self.escaped(folder))'"] + checks + steps + [")"]
    }

    /// The name of `place`, with the extension of the file that moves there.
    private static func name(_ file: String, at place: String) -> String {
        let (stem, fileExtension) = ((place as NSString).deletingPathExtension, (file as NSString).pathExtension)
        return fileExtension.isEmpty ? stem : stem + "." + fileExtension
    }

    /// jpegtran rotates JPEG files without loss, or refuses; ImageMagick rotates PNG files.
    private static func turn(_ file: String, _ turn: FaceTurn) -> [String] {
        let (name, part) = (quoted(file), quoted(file + ".part"))
        let isPNG = file.lowercased().hasSuffix(".png")
        var steps: [String] = []
        if turn.isMirrored { steps.append(isPNG ? "-flop" : "-flip horizontal") }
        if turn.quarters > 0 { steps.append("-rotate \(turn.quarters * 90)") }
        return steps.flatMap { step in
            [
                isPNG
                    ? "convert png:\(name) \(step) png:\(part)"
                    : "jpegtran -copy all -perfect \(step) -outfile \(part) \(name)",
                "mv \(part) \(name)",
            ]
        }
    }

    /// A file in the folder, quoted so that it is never read as an option, nor as more than a name by ImageMagick.
    private static func quoted(_ name: String) -> String { "'./" + escaped(name) + "'" }

    private static func escaped(_ text: String) -> String { text.replacingOccurrences(of: "'", with: "'\\''") }
}
