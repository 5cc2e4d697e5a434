package import Station

/// Which file's picture belongs to which face of the cube, and how it has to be turned for that.
package struct FaceArrangement: Hashable, Sendable {
    package struct Place: Hashable, Sendable {
        /// The face after which the file is named.
        package var file: Face
        package var turn: FaceTurn

        package init(_ file: Face, _ turn: FaceTurn = .none) {
            self.file = file
            self.turn = turn
        }
    }

    /// By the face that the picture belongs to, in the order of `Face.allCases`.
    private var places: [Place]

    /// - Parameter changes: Faces that do not simply show their own file.
    package init(_ changes: [Face: Place] = [:]) {
        places = Face.allCases.map { changes[$0] ?? Place($0) }
    }

    package subscript(_ face: Face) -> Place {
        get { places[face.rank] }
        set { places[face.rank] = newValue }
    }

    /// How much would have to be changed: files exchanged, turned, and half as much again where one is mirrored.
    ///
    /// People swap, turn and mirror as little as it takes to go wrong.
    var effort: Double {
        let turned = places.count { $0.turn != .none }
        let mirrored = places.count { $0.turn.isMirrored }
        return Double(exchanges + turned) + Double(mirrored) / 2
    }

    /// How many exchanges of two files lead to it.
    private var exchanges: Int { rings.reduce(0) { $0 + $1.count - 1 } }

    /// Faces whose files stand in one another's places, each ring in the order "the picture of this one is in the file of the next".
    package var rings: [[Face]] {
        var seen: Set<Face> = []
        var rings: [[Face]] = []
        for face in Face.allCases where !seen.contains(face) {
            var ring: [Face] = []
            var next = face
            while seen.insert(next).inserted {
                ring.append(next)
                next = self[next].file
            }
            if ring.count > 1 { rings.append(ring) }
        }
        return rings
    }

    /// The twelve pairs of file edges that it joins, each as one number, sorted.
    ///
    /// Two arrangements that join the same edges show the same cube, turned or mirrored as a whole: no seam tells them apart.
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
