import Foundation
import Inspection
import Station

/// The shell commands that put right what the seams say is wrong; drop360 itself never runs them.
struct SeamFix {
    /// The station's folder, absolute.
    let folder: String
    /// The file of each face as it is.
    let files: [Face: String]
    let arrangement: FaceArrangement

    /// A piece of shell script: one subshell, which stops at the first thing that goes wrong.
    ///
    /// nil where a name holds what a terminal must not see. Renames go by a name that ends in `.part`: as long as one is there a running
    /// daemon waits.
    var commands: [String]? {
        let names = [folder] + files.values
        guard names.allSatisfy({ printable($0, limit: .max) == $0 }) else { return nil }
        var steps: [String] = []
        for face in Face.allCases where arrangement[face].turn != .none {
            guard let file = files[arrangement[face].file] else { continue }
            steps += Self.turn(file, arrangement[face].turn)
        }
        for ring in arrangement.rings {
            let moves = ring.compactMap { face -> (from: String, to: String)? in
                guard let from = files[arrangement[face].file], let place = files[face] else { return nil }
                return (from, Self.name(from, at: place))
            }
            steps += moves.map { "mv \(Self.quoted($0.from)) \(Self.quoted($0.to + ".part"))" }
            steps += moves.map { "mv \(Self.quoted($0.to + ".part")) \(Self.quoted($0.to))" }
        }
        let rests = arrangement.rings.flatMap { $0.compactMap { files[$0].map { Self.quoted($0 + ".part") } } }
        let checks = rests.map { "test ! -e \($0)" }
        return ["( set -e", "cd -- '\(Self.escaped(folder))'"] + checks + steps + [")"]
    }

    /// The name of `place`, with the ending of the file that moves there.
    private static func name(_ file: String, at place: String) -> String {
        let (stem, ending) = ((place as NSString).deletingPathExtension, (file as NSString).pathExtension)
        return ending.isEmpty ? stem : stem + "." + ending
    }

    /// jpegtran turns without loss, and refuses where it could not; ImageMagick does so for PNG.
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

    /// A file of the folder: never an option, and nothing that ImageMagick takes for more than a name.
    private static func quoted(_ name: String) -> String { "'./" + escaped(name) + "'" }

    private static func escaped(_ text: String) -> String { text.replacingOccurrences(of: "'", with: "'\\''") }
}
