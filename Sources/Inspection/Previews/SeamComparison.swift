package import Station

/// What the edges of six faces say, for a person to look at.
package struct SeamComparison: Sendable, Equatable {
    /// One of the twelve edges of the cube.
    package struct Seam: Sendable, Equatable {
        package var first: Side
        package var second: Side
        package var match: SeamMatch
        /// 0 is a perfect fit; two unrelated edges give about 45.
        package var mismatch: Float
    }

    /// One edge of a face's picture.
    package struct Side: Sendable, Equatable {
        package var face: Face
        /// `top`, `right`, `bottom` or `left`, in the picture.
        package var edge: String
    }

    /// All twelve; none where the faces differ in size.
    package var seams: [Seam]
    package var verdict: SeamVerdict

    /// - Parameter pictures: All six.
    init(of pictures: [Face: Picture]) {
        verdict = SeamCheck.verdict(of: pictures)
        seams = zip(CubeSeam.all, SeamCheck.mismatches(of: pictures)).map { seam, mismatch in
            let sides = [seam.first, seam.second]
            let isPlain = sides.allSatisfy { side in pictures[side.face].map { $0.isPlain(at: side.edge) } ?? true }
            return Seam(
                first: Side(face: seam.first.face, edge: "\(seam.first.edge)"),
                second: Side(face: seam.second.face, edge: "\(seam.second.edge)"),
                match: isPlain && mismatch < 18 ? .plain : SeamMatch(mismatch: mismatch),
                mismatch: mismatch
            )
        }
    }
}

extension Picture {
    /// Whether there is nothing along an edge by which it could be recognised.
    fileprivate func isPlain(at edge: FaceEdge) -> Bool {
        let border = pixels.withUnsafeBufferPointer { FaceBorder(pixels: $0, edge: width, channels: 3) }
        let values = border.grayEdges[edge.rawValue]
        return (values.max() ?? 0) - (values.min() ?? 0) < 8
    }
}
