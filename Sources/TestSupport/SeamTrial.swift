package import Foundation
package import Inspection
package import Station

/// Six good pictures, for running the seam check on every simple mistake with them.
package struct SeamTrial: Sendable {
    package var faces: [Face: Picture]

    package init(faces: [Face: Picture]) { self.faces = faces }

    /// The faces of a station's folder, `front.jpg` and so on, at the size that the check uses.
    package init(folder: URL) throws {
        faces = [:]
        for face in Face.allCases {
            let file = [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(face).jpg")))
            faces[face] = try Picture.decode(file, atLeast: 256)
        }
    }

    /// All six encoded as JPEGs of this quality and decoded again.
    package func reencoded(quality: Int) throws -> SeamTrial {
        SeamTrial(
            faces: try faces.mapValues {
                try Picture.decode(
                    try JPEGEncoding.encode(rgb: $0.pixels, width: $0.width, height: $0.height, quality: quality)
                )
            }
        )
    }

    /// Every swap of two faces (15), rotation of one (18) and mirroring of one, rotated or not (24), each given by its remedy.
    package static let mistakes: [FaceArrangement] = {
        var all: [FaceArrangement] = []
        for (index, first) in Face.allCases.enumerated() {
            for second in Face.allCases[(index + 1)...] {
                all.append(FaceArrangement([first: .init(second), second: .init(first)]))
            }
            for turn in FaceTurn.all where turn != .none { all.append(FaceArrangement([first: .init(first, turn)])) }
        }
        return all
    }()

    /// The six files with the mistake that `remedy` fixes.
    package func files(needing remedy: FaceArrangement) -> [Face: Picture] {
        var files: [Face: Picture] = [:]
        for face in Face.allCases {
            let place = remedy[face]
            // A mirroring with its rotation is its own inverse.
            let undoing = place.turn.isMirrored ? place.turn : FaceTurn(quarters: (4 - place.turn.quarters) % 4)
            files[place.file] = faces[face]?.turned(undoing)
        }
        return files
    }

    package enum Outcome: String, CaseIterable, Sendable {
        /// The mistake and its remedy were named.
        case named
        /// Another mistake was named.
        case misnamed
        case undecided
        /// The faces were found to fit.
        case passed
    }

    /// The check's result for files with this mistake.
    package func outcome(of remedy: FaceArrangement) -> Outcome {
        switch SeamCheck.verdict(of: files(needing: remedy)) {
        case .fit: .passed
        case .unclear, .apart: .undecided
        case .wrong(let arrangement, let alternative): [arrangement, alternative].contains(remedy) ? .named : .misnamed
        }
    }
}
