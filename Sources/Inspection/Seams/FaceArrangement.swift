package import Station

/// Which file's picture belongs to which face of the cube, and how it has to be turned to fit.
package struct FaceArrangement: Hashable, Sendable {
    package struct Place: Hashable, Sendable {
        /// The face that the file is named after.
        package var file: Face
        package var turn: FaceTurn

        package init(_ file: Face, _ turn: FaceTurn = .none) {
            self.file = file
            self.turn = turn
        }
    }

    /// Indexed by the face that the picture belongs to, in the order of `Face.allCases`.
    private var places: [Place]

    /// - Parameter changes: Faces that do not simply show their own file.
    package init(_ changes: [Face: Place] = [:]) {
        places = Face.allCases.map { changes[$0] ?? Place($0) }
    }

    package subscript(_ face: Face) -> Place {
        get { places[face.rank] }
        set { places[face.rank] = newValue }
    }

    /// How much would have to be changed: 1 for each swap and each turned file, 0.5 more for a mirrored one.
    ///
    /// The simplest mistake is the most likely.
    var effort: Double {
        let turned = places.count { $0.turn != .none }
        let mirrored = places.count { $0.turn.isMirrored }
        return Double(exchanges + turned) + Double(mirrored) / 2
    }

    /// How many swaps of two files produce it.
    private var exchanges: Int { cycles.reduce(0) { $0 + $1.count - 1 } }

    /// Cycles of faces whose files are swapped, each in the order "the picture of this face is in the file of the next".
    package var cycles: [[Face]] {
        var seen: Set<Face> = []
        var cycles: [[Face]] = []
        for face in Face.allCases where !seen.contains(face) {
            var cycle: [Face] = []
            var next = face
            while seen.insert(next).inserted {
                cycle.append(next)
                next = self[next].file
            }
            if cycle.count > 1 { cycles.append(cycle) }
        }
        return cycles
    }

    /// The twelve pairs of file edges that it joins, each encoded as one number, sorted.
    ///
    /// Two arrangements that join the same edges show the same cube, turned or mirrored as a whole: no seam can distinguish them.
    var joints: [UInt16] {
        CubeSeam.all.map { seam in
            let (a, isReversed) = number(seam.first)
            let (b, isOtherReversed) = number(seam.second)
            return SeamCosts.index(a, b, isReversed: isReversed == isOtherReversed)
        }.sorted()
    }

    private func number(_ place: (face: Face, edge: FaceEdge)) -> (edge: Int, isReversed: Bool) {
        let own = self[place.face]
        let (edge, isReversed) = own.turn.fileEdge(at: place.edge)
        return (own.file.rank * 4 + edge.rawValue, isReversed)
    }
}
