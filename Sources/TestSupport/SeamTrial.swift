package import Foundation
package import Inspection
package import Station

/// Six good pictures, and what a seam check makes of them and of every simple mistake with them.
package struct SeamTrial: Sendable {
    package var faces: [Face: Picture]

    package init(faces: [Face: Picture]) { self.faces = faces }

    /// The faces of a station's folder, `front.jpg` and so on, at the size that a check looks at.
    package init(folder: URL) throws {
        faces = [:]
        for face in Face.allCases {
            let file = [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(face).jpg")))
            faces[face] = try Picture.decode(file, atLeast: 256)
        }
    }

    /// All six written as JPEGs of this quality and read again.
    package func reencoded(quality: Int) throws -> SeamTrial {
        SeamTrial(
            faces: try faces.mapValues {
                try Picture.decode(
                    try JPEGEncoding.encode(rgb: $0.pixels, width: $0.width, height: $0.height, quality: quality)
                )
            }
        )
    }

    /// Every swap of two faces (15), every turn of one (18), every mirroring of one, also turned (24): by what mends it.
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

    /// The six files of somebody who made the mistake that `remedy` mends.
    package func files(needing remedy: FaceArrangement) -> [Face: Picture] {
        var files: [Face: Picture] = [:]
        for face in Face.allCases {
            let place = remedy[face]
            // A mirroring undoes itself, with its turn.
            let undoing = place.turn.isMirrored ? place.turn : FaceTurn(quarters: (4 - place.turn.quarters) % 4)
            files[place.file] = faces[face]?.turned(undoing)
        }
        return files
    }

    package enum Outcome: String, CaseIterable, Sendable {
        /// The mistake was named, and how to mend it.
        case named
        /// Something else was said to be the mistake.
        case misnamed
        case undecided
        /// The faces were said to fit.
        case passed
    }

    /// What is said of files with this mistake.
    package func outcome(of remedy: FaceArrangement) -> Outcome {
        switch SeamCheck.verdict(of: files(needing: remedy)) {
        case .fit: .passed
        case .unclear, .apart: .undecided
        case .wrong(let arrangement, let alternative): [arrangement, alternative].contains(remedy) ? .named : .misnamed
        }
    }
}
