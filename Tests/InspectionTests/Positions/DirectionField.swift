import Foundation
import Inspection
import Station

/// A world whose colour is known in every direction: so a rendered pixel tells where it came from.
struct DirectionField {
    /// To the field's own frame, from the one that pictures are painted in.
    var turn = Rotation.identity

    /// Waves around three axes, so that no shift or turn leaves the colours alike: three channels, 0…255.
    func colour(_ direction: Vector3) -> [Double] {
        let length = direction.distance(to: Vector3(x: 0, y: 0, z: 0))
        let d = turn.applied(to: direction)
        let (x, y, z) = (d.x / length, d.y / length, d.z / length)
        return [
            128 + 55 * (sin(10.2 * x + 4.6 * y - 3.4 * z) + sin(18.6 * y + 6.2 * z)),
            128 + 55 * (sin(8.6 * y - 7.8 * z + 0.7) + sin(17.4 * z + 11.8 * x + 1.1)),
            128 + 55 * (sin(12.2 * z + 3.8 * x - 0.4) + sin(14.6 * x - 13.4 * y + 2.0)),
        ]
    }

    /// What a pinhole camera sees.
    ///
    /// - Parameter rotation: From the standard's camera frame to the field's frame.
    func picture(_ lens: PinholeLens, _ rotation: Rotation) -> Picture {
        paint(lens.width, lens.height) { column, row in
            let ray = Vector3(
                x: (column - lens.centre.x) / lens.focal.x,
                y: (lens.centre.y - row) / lens.focal.y,
                z: -1
            )
            return rotation.applied(to: ray)
        }
    }

    /// The whole sphere as the E57 standard has it: azimuth 0 (+x) in the middle, +y to the left of it, up is +z.
    ///
    /// - Parameter rotation: From the picture's frame to the field's frame.
    func sphere(width: Int, _ rotation: Rotation) -> Picture {
        paint(width, width / 2) { column, row in
            let azimuth = (Double(width) / 2 - column) * 2 * .pi / Double(width)
            let elevation = (Double(width) / 4 - row) * 2 * .pi / Double(width)
            return rotation.applied(
                to: Vector3(x: cos(elevation) * cos(azimuth), y: cos(elevation) * sin(azimuth), z: sin(elevation))
            )
        }
    }

    private func paint(_ width: Int, _ height: Int, _ direction: (Double, Double) -> Vector3) -> Picture {
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
            for y in 0..<height {
                for x in 0..<width {
                    let colour = colour(direction(Double(x) + 0.5, Double(y) + 0.5))
                    for channel in 0..<3 {
                        pixels[(y * width + x) * 3 + channel] = UInt8(max(0, min(255, colour[channel].rounded())))
                    }
                }
            }
            count = width * height * 3
        }
        return Picture(width: width, height: height, pixels: pixels)
    }

    /// How far the pixels of a face are from where they belong, in degrees: the worst patch.
    ///
    /// By patches: the shift that explains best what differs from the colours that belong there. Meaningless unless ``difference(of:_:_:)`` is small.
    func shift(of picture: Picture, _ face: Face, _ cube: Rotation, patch: Int = 32) -> Double {
        let edge = picture.width
        let step = 1e-4
        var worst = 0.0
        for top in stride(from: 0, to: edge, by: patch) {
            for left in stride(from: 0, to: edge, by: patch) {
                var (uu, uv, vv, ur, vr) = (0.0, 0.0, 0.0, 0.0, 0.0)
                for y in top..<min(top + patch, edge) {
                    for x in left..<min(left + patch, edge) {
                        let (u, v) = ((Double(x) + 0.5) / Double(edge), (Double(y) + 0.5) / Double(edge))
                        func at(_ du: Double, _ dv: Double) -> [Double] {
                            colour(cube.applied(to: CubeDirection.direction(face: face, u: u + du, v: v + dv)))
                        }
                        let (here, right, down) = (at(0, 0), at(step, 0), at(0, step))
                        for channel in 0..<3 {
                            let gu = (right[channel] - here[channel]) / step
                            let gv = (down[channel] - here[channel]) / step
                            let rest = Double(picture.pixels[(y * edge + x) * 3 + channel]) - here[channel]
                            (uu, uv, vv) = (uu + gu * gu, uv + gu * gv, vv + gv * gv)
                            (ur, vr) = (ur + gu * rest, vr + gv * rest)
                        }
                    }
                }
                let determinant = uu * vv - uv * uv
                let (du, dv) = ((ur * vv - vr * uv) / determinant, (vr * uu - ur * uv) / determinant)
                // In the middle of a face, where it is largest, one whole face is 2 radians' tangent across.
                worst = max(worst, (du * du + dv * dv).squareRoot() * 2 * 180 / .pi)
            }
        }
        return worst
    }

    /// The mean difference between a face and what belongs there: brightness steps.
    func difference(of picture: Picture, _ face: Face, _ cube: Rotation) -> Double {
        let edge = picture.width
        var (sum, count) = (0.0, 0)
        for y in stride(from: 0, to: edge, by: 5) {
            for x in stride(from: 0, to: edge, by: 5) {
                let (u, v) = ((Double(x) + 0.5) / Double(edge), (Double(y) + 0.5) / Double(edge))
                let meant = colour(cube.applied(to: CubeDirection.direction(face: face, u: u, v: v)))
                for channel in 0..<3 {
                    sum += abs(Double(picture.pixels[(y * edge + x) * 3 + channel]) - meant[channel])
                    count += 1
                }
            }
        }
        return sum / Double(count)
    }
}

extension Rotation {
    /// Any rotation, all equally likely (Shoemake).
    static func random(using random: inout some RandomNumberGenerator) -> Rotation {
        let (a, b, c) = (
            Double.random(in: 0..<1, using: &random), Double.random(in: 0..<(2 * .pi), using: &random),
            Double.random(in: 0..<(2 * .pi), using: &random)
        )
        let (r, s) = ((1 - a).squareRoot(), a.squareRoot())
        return Rotation(quaternionW: r * sin(b), x: r * cos(b), y: s * sin(c), z: s * cos(c))
    }

    /// A turn about the x axis of a small vector, or any: radians.
    static func turn(_ angle: Double, about axis: Vector3) -> Rotation {
        let length = axis.distance(to: Vector3(x: 0, y: 0, z: 0))
        let s = sin(angle / 2) / length
        return Rotation(quaternionW: cos(angle / 2), x: axis.x * s, y: axis.y * s, z: axis.z * s)
    }

    /// The 24 rotations that turn a cube into itself.
    static let ofCube: [Rotation] = {
        let axes = [1.0, -1.0].flatMap { sign in
            [Vector3(x: sign, y: 0, z: 0), Vector3(x: 0, y: sign, z: 0), Vector3(x: 0, y: 0, z: sign)]
        }
        return axes.flatMap { a in axes.flatMap { b in axes.map { Rotation(columns: a, b, $0) } } }
            .filter { $0.isProper(within: 1e-9) }
    }()
}
