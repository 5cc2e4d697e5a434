import E57
import E57Writing
import Foundation
import Inspection
import Station

/// One position of a scanner in a drawn E57 file: the scene from one place, as one spherical picture or six pinhole pictures.
struct DrawnPosition: Sendable {
    let name: String
    let place: Vector3
    /// Of the image cube (front −Y, left +X, top +Z), in the CDF frame.
    let rotation: Rotation
    let scene: Scene
    let time: Date
    /// Pixels of a face; a sphere is four times as wide.
    let edge: Int
    let quality: Int
    let isSphere: Bool

    /// Takes a frame whose x axis looks to the front and whose y axis looks to the left to the cube's.
    private static let forwardX = Rotation(
        columns: .init(x: 0, y: -1, z: 0),
        .init(x: 1, y: 0, z: 0),
        .init(x: 0, y: 0, z: 1)
    )

    private var scannerRotation: Rotation { rotation * Self.forwardX }
    private var scanGUID: String { "{scan-\(name)}" }
    private var acquired: E57Time { E57Time(date: time, isAtomicClockReferenced: true) }

    /// The scan of this position: a ring of points on the ground, for programs that show nothing without points.
    var scan: DrawnE57.Scan {
        let ring = (0..<360).map { degree in
            let angle = Double(degree) * .pi / 180
            return Vector3(x: 3 * cos(angle), y: 3 * sin(angle), z: -place.z)
        }
        let level = Rotation(heading: 0, pitch: 0, roll: 0) * Self.forwardX
        let pose = E57Pose(rotation: level, translation: place)
        return .init(guid: scanGUID, name: name, pose: pose, acquired: acquired, points: ring)
    }

    /// The pictures, drawn.
    func images() throws(JPEGEncodingError) -> [DrawnE57.Image] {
        guard isSphere else {
            var images: [DrawnE57.Image] = []
            for face in Face.allCases { images.append(try pinhole(face)) }
            return images
        }
        return [try sphere(), try preview()]
    }

    private func image(_ kind: String, _ pose: Rotation, _ picture: DrawnE57.Representation) -> DrawnE57.Image {
        .init(
            guid: "{image-\(name)-\(kind)}",
            name: "\(name) \(kind)",
            scanGUID: scanGUID,
            acquired: acquired,
            pose: E57Pose(rotation: pose, translation: place),
            picture
        )
    }

    private func sphere() throws(JPEGEncodingError) -> DrawnE57.Image {
        let height = 2 * edge
        let file = try SpherePicture(height: height, pose: scannerRotation, scene: scene).jpeg(quality: quality)
        let pixel = Double.pi / Double(height)
        let projection = E57Projection.spherical(pixelWidth: pixel, pixelHeight: pixel)
        return image(
            "sphere",
            scannerRotation,
            .init(projection, width: 2 * height, height: height, picture: file)
        )
    }

    /// A small picture to look at, as scanning programs add one: not a face of anything.
    private func preview() throws(JPEGEncodingError) -> DrawnE57.Image {
        let file = try SpherePicture(height: 64, pose: scannerRotation, scene: scene).jpeg(quality: quality)
        return image("preview", scannerRotation, .init(.none, width: 128, height: 64, picture: file))
    }

    private func pinhole(_ face: Face) throws(JPEGEncodingError) -> DrawnE57.Image {
        var picture = FacePicture(face, edge: edge, rotation: rotation, scene: scene)
        picture.write(face.rawValue, top: 0.09, height: 0.13)
        picture.write(name, top: 0.255, height: 0.036)
        let file = try picture.jpeg(quality: quality)
        // x to the right, y up, and the camera looks along −z.
        func direction(_ u: Double, _ v: Double) -> Vector3 { CubeDirection.direction(face: face, u: u, v: v) }
        func half(_ a: Vector3, _ b: Vector3) -> Vector3 {
            .init(x: (a.x - b.x) / 2, y: (a.y - b.y) / 2, z: (a.z - b.z) / 2)
        }
        let ahead = direction(0.5, 0.5)
        let camera = Rotation(
            columns: half(direction(1, 0.5), direction(0, 0.5)),
            half(direction(0.5, 0), direction(0.5, 1)),
            .init(x: -ahead.x, y: -ahead.y, z: -ahead.z)
        )
        let (pixel, middle) = (5e-6, Double(edge) / 2)
        let projection = E57Projection.pinhole(
            focalLength: middle * pixel,
            pixelWidth: pixel,
            pixelHeight: pixel,
            principalPointX: middle,
            principalPointY: middle
        )
        return image(face.rawValue, rotation * camera, .init(projection, width: edge, height: edge, picture: file))
    }
}
