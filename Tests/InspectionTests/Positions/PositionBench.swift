import DropFolder
import E57
import E57Writing
import Foundation
import Inspection
import Station
import TestSupport

/// An inbox with one E57 file in it, a state directory, and the inspection of the file's positions.
struct PositionBench {
    let inbox: TemporaryFolder
    let state: TemporaryFolder
    static let file = "site-a/scan.e57"

    init(_ file: DrawnE57) throws { try self.init(bytes: try file.bytes().bytes) }

    init(bytes: [UInt8]) throws {
        inbox = try TemporaryFolder()
        state = try TemporaryFolder()
        try inbox.makeFolder("site-a")
        try inbox.write(bytes, to: Self.file)
    }

    init(images: [DrawnE57.Image], scans: [DrawnE57.Scan] = []) throws {
        try self.init(DrawnE57(images: images, scans: scans))
    }

    /// Small faces are enough for most tests.
    static var rules: InspectionRules {
        var rules = StationFolder.rules
        rules.minFace = 128
        return rules
    }

    var snapshot: FileSnapshot {
        get throws { try FileSnapshot.take(ItemPath(inbox: inbox.path, path: Self.file)) }
    }

    var store: ConvertedFaces { ConvertedFaces(state: state.path) }

    func listing() async throws -> ScanListing {
        let inspector = Inspector(threads: 1)
        let listing = await inspector.positions(of: try snapshot)
        await inspector.shutdown()
        return listing
    }

    func inspect(
        _ number: Int = 1,
        _ rules: InspectionRules = Self.rules,
        sidecar: ScanSidecar = ScanSidecar()
    ) async throws -> InspectionReport {
        let inspector = Inspector(threads: 1)
        let scan = ScanRules(sidecar: sidecar, store: store)
        let report = await inspector.inspect(position: number, of: try snapshot, rules: rules, scan: scan)
        await inspector.shutdown()
        return report
    }

    /// The bytes of a face that was accepted, from where it is kept.
    func bytes(_ face: FaceImage) throws -> [UInt8] {
        [UInt8](try state.read("converted/\(face.storedIn ?? "")/\(face.fileName)"))
    }

    /// What is kept in the state directory: places, and the files in them.
    func kept() throws -> [String] {
        guard state.contains("converted") else { return [] }
        return try state.names(in: "converted").flatMap { place in
            try state.names(in: "converted/" + place).map { place + "/" + $0 }
        }
    }
}

extension DrawnE57.Image {
    /// Six pinhole images, the faces of a cube.
    ///
    /// - Parameters:
    ///   - files: JPEG files, all square and of one size.
    ///   - cube: From the image cube to the file's frame.
    ///   - frame: In which the poses are written.
    static func cube(
        _ files: [Face: [UInt8]],
        edge: Int,
        _ cube: Rotation,
        _ translation: Vector3,
        name: String? = "Setup 1",
        frame: CameraFrame = .standard,
        acquired: E57Time? = .standard
    ) -> [DrawnE57.Image] {
        // In an order that tells nothing.
        [Face.left, .top, .front, .bottom, .right, .back].compactMap { face in
            guard let file = files[face] else { return nil }
            return pinhole(
                file,
                PinholeLens(
                    focal: (Double(edge) / 2, Double(edge) / 2),
                    centre: (Double(edge) / 2, Double(edge) / 2),
                    width: edge,
                    height: edge
                ),
                E57Pose(rotation: cube * face.camera * frame.fromStandard, translation: translation),
                name: name,
                acquired: acquired
            )
        }
    }

    static func pinhole(
        _ file: [UInt8],
        _ lens: PinholeLens,
        _ pose: E57Pose?,
        name: String? = "Setup 1",
        acquired: E57Time? = .standard
    ) -> DrawnE57.Image {
        let projection = E57Projection.pinhole(
            focalLength: 0.02,
            pixelWidth: 0.02 / lens.focal.x,
            pixelHeight: 0.02 / lens.focal.y,
            principalPointX: lens.centre.x,
            principalPointY: lens.centre.y
        )
        return DrawnE57.Image(
            guid: UUID().uuidString,
            name: name,
            acquired: acquired,
            pose: pose,
            .init(projection, .jpeg, width: lens.width, height: lens.height, picture: file)
        )
    }

    /// One spherical image.
    static func sphere(
        _ file: [UInt8],
        width: Int,
        _ pose: E57Pose?,
        name: String? = "Setup 1",
        format: E57Picture.Format = .jpeg,
        acquired: E57Time? = .standard
    ) -> DrawnE57.Image {
        let pixel = 2 * Double.pi / Double(width)
        return DrawnE57.Image(
            guid: UUID().uuidString,
            name: name,
            acquired: acquired,
            pose: pose,
            .init(
                .spherical(pixelWidth: pixel, pixelHeight: pixel),
                format,
                width: width,
                height: width / 2,
                picture: file
            )
        )
    }
}

extension E57Time {
    /// 1 May 2026, 10:00 UTC.
    static let standard = E57Time(date: Date(timeIntervalSince1970: 1_777_629_600), isAtomicClockReferenced: true)
}

extension Picture {
    func jpeg(quality: Int = 95) throws -> [UInt8] {
        try JPEGEncoding.encode(rgb: pixels, width: width, height: height, quality: quality)
    }

    /// A panorama of these faces, front in the middle: bilinear, clamped at each face's edge.
    static func sphere(of faces: [Face: Picture], width: Int) -> Picture {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * width / 2 * 3)
        for y in 0..<width / 2 {
            let elevation = (Double(width) / 4 - Double(y) - 0.5) * 2 * .pi / Double(width)
            for x in 0..<width {
                let azimuth = (Double(width) / 2 - Double(x) - 0.5) * 2 * .pi / Double(width)
                // Front is −Y, left is +X.
                let (cx, cy) = (cos(elevation) * sin(azimuth), -cos(elevation) * cos(azimuth))
                pixels += colour(of: faces, Vector3(x: cx, y: cy, z: sin(elevation)))
            }
        }
        return Picture(width: width, height: width / 2, pixels: pixels)
    }

    private static func colour(of faces: [Face: Picture], _ d: Vector3) -> [UInt8] {
        let (x, y, z) = (abs(d.x), abs(d.y), abs(d.z))
        let face: Face =
            x >= y && x >= z
            ? (d.x > 0 ? .left : .right) : y >= z ? (d.y > 0 ? .back : .front) : d.z > 0 ? .top : .bottom
        let m = max(x, y, z)
        let (dx, dy, dz) = (d.x / m, d.y / m, d.z / m)
        let (a, b): (Double, Double) =
            switch face {
            case .front: (-dx, -dz)
            case .back: (dx, -dz)
            case .left: (-dy, -dz)
            case .right: (dy, -dz)
            case .top: (-dx, -dy)
            case .bottom: (-dx, dy)
            }
        guard let picture = faces[face] else { return [0, 0, 0] }
        let last = Double(picture.width - 1)
        let (u, v) = (
            max(0, min(last, (a + 1) / 2 * Double(picture.width) - 0.5)),
            max(0, min(last, (b + 1) / 2 * Double(picture.width) - 0.5))
        )
        let (left, top) = (Int(u), Int(v))
        let (right, bottom) = (min(left + 1, picture.width - 1), min(top + 1, picture.width - 1))
        let (fx, fy) = (u - Double(left), v - Double(top))
        return (0..<3).map { channel in
            func at(_ x: Int, _ y: Int) -> Double { Double(picture.pixels[(y * picture.width + x) * 3 + channel]) }
            let above = at(left, top) * (1 - fx) + at(right, top) * fx
            let below = at(left, bottom) * (1 - fx) + at(right, bottom) * fx
            return UInt8((above * (1 - fy) + below * fy).rounded())
        }
    }

    /// The mean difference of all bytes: brightness steps.
    func difference(from other: Picture) -> Double {
        let sum = zip(pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(max(1, pixels.count))
    }
}
