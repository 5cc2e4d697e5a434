import Station

/// One edge of a face's picture, in clockwise order.
enum FaceEdge: Int, CaseIterable, Sendable {
    case top, right, bottom, left

    /// The corner where it starts, in clockwise order, in the picture's coordinates (0…1 to the right and down).
    var start: (u: Double, v: Double) {
        switch self {
        case .top: (0, 0)
        case .right: (1, 0)
        case .bottom: (1, 1)
        case .left: (0, 1)
        }
    }

    var end: (u: Double, v: Double) { turned(by: 1).start }

    /// The edge `quarters` further clockwise.
    func turned(by quarters: Int) -> FaceEdge {
        // Four edges, and a remainder of 0…3.
        Self.allCases[((rawValue + quarters) % 4 + 4) % 4]
    }
}

/// How to turn a picture: first mirror it left to right, or not, then turn it clockwise.
package struct FaceTurn: Hashable, Sendable {
    package var isMirrored: Bool
    /// 0…3, clockwise.
    package var quarters: Int

    package init(isMirrored: Bool = false, quarters: Int = 0) {
        self.isMirrored = isMirrored
        self.quarters = quarters
    }

    package static let none = FaceTurn()

    /// All eight.
    package static let all = [false, true].flatMap { mirrored in
        (0..<4).map { FaceTurn(isMirrored: mirrored, quarters: $0) }
    }

    /// Which edge of the file is at `edge` of the displayed picture, and whether its direction is reversed.
    func fileEdge(at edge: FaceEdge) -> (edge: FaceEdge, isReversed: Bool) {
        let before = edge.turned(by: -quarters)
        guard isMirrored else { return (before, false) }
        return switch before {
        case .left: (.right, true)
        case .right: (.left, true)
        case .top, .bottom: (before, true)
        }
    }
}

/// A seam of the cube: two edges that are the same line in space.
struct CubeSeam: Sendable {
    var first: (face: Face, edge: FaceEdge)
    var second: (face: Face, edge: FaceEdge)

    /// All twelve, computed from the directions of the corners.
    static let all: [CubeSeam] = {
        var seams: [CubeSeam] = []
        for (index, face) in Face.allCases.enumerated() {
            for other in Face.allCases[(index + 1)...] {
                for edge in FaceEdge.allCases {
                    for otherEdge in FaceEdge.allCases
                    // In clockwise order, two faces run along their seam in opposite directions.
                    where direction(face, edge.start) == direction(other, otherEdge.end)
                        && direction(face, edge.end) == direction(other, otherEdge.start)
                    {
                        seams.append(CubeSeam(first: (face, edge), second: (other, otherEdge)))
                    }
                }
            }
        }
        return seams
    }()

    private static func direction(_ face: Face, _ corner: (u: Double, v: Double)) -> Vector3 {
        CubeDirection.direction(face: face, u: corner.u, v: corner.v)
    }
}
