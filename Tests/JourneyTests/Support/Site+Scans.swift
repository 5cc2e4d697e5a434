import E57
import E57Writing
import Foundation
import Glibc
import Inspection
import Station
import TestSupport

extension Site {
    /// Writes an E57 file beside the inbox and renames it into it, also over a former one: each position has six pinhole images, the faces of a cube.
    ///
    /// - Parameters:
    ///   - name: The file, with its folders.
    ///   - positions: Their names, which become the station ids.
    ///   - seed: Files with different seeds differ in all pictures.
    ///   - damaged: The position whose pictures end in the middle.
    ///   - comments: How many comments of 64 kB make each picture larger.
    func dropScan(
        _ name: String,
        _ positions: [String],
        seed: Int = 1,
        damaged: String? = nil,
        comments: Int = 0
    ) throws {
        // Marker, length and text of a comment, behind the picture's first marker.
        let comment: [UInt8] = [0xFF, 0xFE, 0xFF, 0xFF] + [UInt8](repeating: 0x20, count: 0xFFFF - 2)
        let filling = Array([[UInt8]](repeating: comment, count: comments).joined())
        let maker = StationMaker()
        let images = try positions.enumerated().flatMap { index, position in
            try Face.allCases.map { face in
                var jpeg = try maker.jpeg(face, seed: seed * 100 + index)
                jpeg.insert(contentsOf: filling, at: 2)
                return DrawnE57.Image.face(
                    face,
                    position == damaged ? Array(jpeg.prefix(jpeg.count / 2)) : jpeg,
                    edge: maker.edge,
                    name: position,
                    at: Vector3(x: Double(index) * 5, y: 2, z: 1.7)
                )
            }
        }
        try folder.makeFolder("staging")
        _ = try DrawnE57(images: images).write(to: folder.path("staging/scan.e57"))
        if let slash = name.lastIndex(of: "/") { try folder.makeFolder("inbox/" + name[..<slash]) }
        guard rename(folder.path("staging/scan.e57"), folder.path("inbox/" + name)) == 0 else {
            throw POSIXError(.init(rawValue: errno) ?? .EIO)
        }
    }
}

extension DrawnE57.Image {
    /// One face of a cube that stands upright, as a pinhole image of 90°.
    fileprivate static func face(_ face: Face, _ jpeg: [UInt8], edge: Int, name: String, at place: Vector3) -> Self {
        let projection = E57Projection.pinhole(
            focalLength: 0.02,
            pixelWidth: 0.04 / Double(edge),
            pixelHeight: 0.04 / Double(edge),
            principalPointX: Double(edge) / 2,
            principalPointY: Double(edge) / 2
        )
        return DrawnE57.Image(
            guid: UUID().uuidString,
            name: name,
            acquired: E57Time(date: Date(timeIntervalSince1970: 1_777_629_600), isAtomicClockReferenced: true),
            pose: E57Pose(rotation: face.camera, translation: place),
            .init(projection, .jpeg, width: edge, height: edge, picture: jpeg)
        )
    }
}
