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

    /// One command per line, to be run in any folder.
    ///
    /// Renames go by a name that ends in `.part`: as long as one is there a running daemon waits.
    var commands: [String] {
        var commands = ["cd \(Self.quoted(folder))"]
        for face in Face.allCases where arrangement[face].turn != .none {
            guard let file = files[arrangement[face].file] else { continue }
            commands += Self.turn(file, arrangement[face].turn)
        }
        for ring in arrangement.rings {
            let moves = ring.compactMap { face -> (from: String, to: String)? in
                guard let from = files[arrangement[face].file], let place = files[face] else { return nil }
                return (from, Self.name(from, at: place))
            }
            commands += moves.map { "mv -n -- \(Self.quoted($0.from)) \(Self.quoted($0.to + ".part"))" }
            commands += moves.map { "mv -n -- \(Self.quoted($0.to + ".part")) \(Self.quoted($0.to))" }
        }
        return commands
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
        return steps.map { step in
            isPNG
                ? "convert \(name) \(step) png:\(part) && mv -- \(part) \(name)"
                : "jpegtran -copy all -perfect \(step) -outfile \(part) \(name) && mv -- \(part) \(name)"
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
