package import Station

/// Renders the faces of a cube from pinhole pictures that look in all directions.
///
/// Each direction is taken from the picture that sees it nearest to its axis, bilinear between four pixels.
package struct PinholeCube: Sendable {
    /// One picture, and its camera.
    package struct View: Sendable {
        package var lens: PinholeLens
        /// Takes the standard's camera frame to the cube's.
        package var rotation: Rotation
        /// As large as the lens says.
        package var picture: Picture

        package init(lens: PinholeLens, rotation: Rotation, picture: Picture) {
            (self.lens, self.rotation, self.picture) = (lens, rotation, picture)
        }
    }

    private let views: [View]
    /// Pixels along one edge of a face.
    package let edge: Int

    package init(_ views: [View], edge: Int) { (self.views, self.edge) = (views, edge) }

    /// The edge that keeps the pictures' resolution in their middle, at most ``CubeFaces/largestEdge``.
    package static func edge(for lenses: [PinholeLens]) -> Int {
        let finest = lenses.map { max($0.focal.x, $0.focal.y) }.max() ?? 0
        return min(CubeFaces.largestEdge, Int((2 * finest).rounded()))
    }

    /// How far outside of every picture a direction may be and still get the nearest pixel, as a fraction of the focal length: about a quarter of a
    /// degree, so that cameras which are a little off leave no gap.
    private static let slack = 0.008

    /// Renders one face; nil if a direction of it is in none of the pictures.
    package func face(_ face: Face) -> Picture? {
        let (edge, count) = (edge, views.count)
        let camera = face.camera
        var isWhole = true
        let pixels = [UInt8](unsafeUninitializedCapacity: edge * edge * 3) { target, filled in
            var lines = [Line](repeating: Line(), count: count)
            for y in 0..<edge where isWhole {
                let b = 1 - 2 * (Double(y) + 0.5) / Double(edge)
                for (index, view) in views.enumerated() { lines[index] = Line(view, camera, b) }
                for x in 0..<edge {
                    let a = 2 * (Double(x) + 0.5) / Double(edge) - 1
                    guard let hit = Self.best(lines, a, slack: 0) ?? Self.best(lines, a, slack: Self.slack) else {
                        isWhole = false
                        break
                    }
                    views[hit.view].picture.sample(hit.x - 0.5, hit.y - 0.5, into: target, at: (y * edge + x) * 3)
                }
            }
            filled = isWhole ? edge * edge * 3 : 0
        }
        return isWhole ? Picture(width: edge, height: edge, pixels: pixels) : nil
    }

    /// How one row of a face runs through one picture: each coordinate of its camera frame is a straight line, and so are the pictures' limits.
    private struct Line {
        var (x, dx, y, dy, depth, dDepth) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        var (fx, fy, cx, cy, width, height) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

        init() {}

        init(_ view: View, _ face: Rotation, _ b: Double) {
            // From the face's camera to the picture's.
            let turn = view.rotation.transposed * face
            let start = turn.applied(to: Vector3(x: 0, y: b, z: -1))
            let step = turn.applied(to: Vector3(x: 1, y: 0, z: 0))
            (x, dx, y, dy, depth, dDepth) = (start.x, step.x, start.y, step.y, -start.z, -step.z)
            (fx, fy, cx, cy) = (view.lens.focal.x, view.lens.focal.y, view.lens.centre.x, view.lens.centre.y)
            (width, height) = (Double(view.lens.width), Double(view.lens.height))
        }
    }

    /// The picture that sees the direction best, and where; nil if none does.
    private static func best(_ lines: [Line], _ a: Double, slack: Double) -> (view: Int, x: Double, y: Double)? {
        var found: (view: Int, x: Double, y: Double)?
        var deepest = 0.0
        lines.withUnsafeBufferPointer { lines in
            for index in lines.indices {
                let line = lines[index]
                let depth = line.depth + line.dDepth * a
                guard depth > deepest else { continue }
                let x = line.cx + (line.x + line.dx * a) / depth * line.fx
                let y = line.cy - (line.y + line.dy * a) / depth * line.fy
                let (beside, above) = (slack * line.fx, slack * line.fy)
                guard x >= -beside, x <= line.width + beside, y >= -above, y <= line.height + above else { continue }
                deepest = depth
                found = (index, x, y)
            }
        }
        return found
    }
}

extension Picture {
    /// Writes the colour at a place between four pixels, whose centres have whole numbers; beyond the edge its pixels repeat.
    fileprivate func sample(_ x: Double, _ y: Double, into target: UnsafeMutableBufferPointer<UInt8>, at index: Int) {
        let (x, y) = (max(0, min(Double(width - 1), x)), max(0, min(Double(height - 1), y)))
        let (left, upper) = (Int(x), Int(y))
        let (right, lower) = (min(left + 1, width - 1), min(upper + 1, height - 1))
        let (u, v) = (Float(x - Double(left)), Float(y - Double(upper)))
        pixels.withUnsafeBufferPointer { source in
            Self.blend(
                source,
                width: width,
                columns: (left, right),
                rows: (upper, lower),
                right: u,
                down: v,
                into: target,
                at: index
            )
        }
    }
}
