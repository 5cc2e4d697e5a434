import ArgumentParser
import E57Writing
import Foundation
import Station

/// Draws one station of a fictional site, or an E57 file with several, ready to be dropped into an inbox.
@main
struct DrawStation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw-station",
        abstract: "Draw a station of a fictional site: six cube-map faces and a pose sidecar.",
        discussion: """
            The pictures match the pose: the letters N, E, S and W are in their true directions, the pillars at fixed \
            places of the site, and neighbouring faces meet without a seam. So you can compare what the viewer shows \
            with the sidecar.

            With --positions, PATH is an E57 file in place of a folder: so many positions of a scanner, 4 m apart, each \
            turned by 30° from the one before; the first, third, … as one spherical picture, the others as six pinhole \
            pictures.
            """
    )

    @Argument(help: "The station's folder, or with --positions the E57 file. It is created, with the folders above it.")
    var path: String

    @Option(help: "The site's id.")
    var siteID = "demo-plant"

    @Option(help: "The site's name.")
    var siteName = "Demo plant"

    @Option(help: "The station's id (default: the folder's name).")
    var stationID: String?

    @Option(help: "The station's name (default: its id).")
    var stationName: String?

    @Option(parsing: .unconditional, help: "Metres east.")
    var x = 0.0

    @Option(parsing: .unconditional, help: "Metres north.")
    var y = 0.0

    @Option(parsing: .unconditional, help: "Metres above the ground.")
    var z = 1.7

    @Option(parsing: .unconditional, help: "Direction of the front face, in degrees clockwise from north.")
    var heading = 0.0

    @Option(parsing: .unconditional, help: "Elevation of the front face, in degrees.")
    var pitch = 0.0

    @Option(parsing: .unconditional, help: "Degrees by which the camera is tilted clockwise, seen from behind it.")
    var roll = 0.0

    @Option(help: "When it was taken: ISO 8601 with a time zone. It determines where the sun is.")
    var time = "2026-05-01T10:00:00Z"

    @Option(help: "Pixels along one edge of a face.")
    var edge = 1024

    @Option(help: "JPEG quality, 1 to 100.")
    var quality = 88

    @Option(help: "Draw an E57 file with this many positions, 1 to 200.")
    var positions: Int?

    @Option(help: "Fill the E57 file with this many MiB where a scanner's points would be.")
    var fill = 0

    @Option(help: "Stations with different seeds have different tints.")
    var seed = 0

    @Option(help: "Cut this face's file to 60 %, as a broken copy would: front, back, left, right, top or bottom.")
    var truncate: Face?

    func validate() throws {
        guard (64...16384).contains(edge) else { throw ValidationError("--edge is 64 to 16384 pixels.") }
        guard (1...100).contains(quality) else { throw ValidationError("--quality is 1 to 100.") }
        guard (1...200).contains(positions ?? 1) else { throw ValidationError("--positions is 1 to 200.") }
        guard (0...1_000_000).contains(fill) else { throw ValidationError("--fill is 0 to 1000000 MiB.") }
        guard positions == nil || truncate == nil else {
            throw ValidationError("--truncate is for a station's folder, not for an E57 file.")
        }
        do throws(CaptureTime.Refusal) {
            _ = try CaptureTime.parse(time)
        } catch {
            throw ValidationError("--time must be ISO 8601 with a time zone, for example 2026-05-01T10:00:00Z.")
        }
    }

    func run() async throws {
        if let positions { try await drawScan(positions) } else { try await drawStation() }
    }

    private static let degree = Double.pi / 180

    /// Hours after midnight, UTC.
    private func hour(of milliseconds: Int64) -> Double {
        Double(((milliseconds % 86_400_000) + 86_400_000) % 86_400_000) / 3_600_000
    }

    private func drawScan(_ count: Int) async throws {
        let file = URL(fileURLWithPath: path)
        let id = stationID ?? file.deletingPathExtension().lastPathComponent
        let start = try CaptureTime.parse(time).milliseconds
        let drawn = (0..<count).map { index in
            let place = Vector3(x: x + 4 * Double(index), y: y, z: z)
            let milliseconds = start + Int64(index) * 600_000
            return DrawnPosition(
                name: "\(id)-\(index + 1)",
                place: place,
                rotation: Rotation(
                    heading: (heading + 30 * Double(index)) * Self.degree,
                    pitch: pitch * Self.degree,
                    roll: roll * Self.degree
                ),
                scene: Scene(from: place, hour: hour(of: milliseconds), seed: seed + index),
                time: Date(timeIntervalSince1970: Double(milliseconds) / 1000),
                edge: edge,
                quality: quality,
                isSphere: index % 2 == 0
            )
        }
        let images = try await withThrowingTaskGroup(of: (Int, [DrawnE57.Image]).self) { group in
            for (index, position) in drawn.enumerated() { group.addTask { (index, try position.images()) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let e57 = DrawnE57(
            images: drawn.indices.flatMap { images[$0] ?? [] },
            scans: drawn.map(\.scan),
            padding: Int64(fill) << 20
        )
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        let length = try e57.write(to: path).length
        print("Drew \(path): \(count) position\(count == 1 ? "" : "s"), \(length / 1024) KiB.")
    }

    private func drawStation() async throws {
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        let id = stationID ?? folder.lastPathComponent
        let hour = self.hour(of: try CaptureTime.parse(time).milliseconds)
        let scene = Scene(from: Vector3(x: x, y: y, z: z), hour: hour, seed: seed)
        let rotation = Rotation(
            heading: heading * Self.degree,
            pitch: pitch * Self.degree,
            roll: roll * Self.degree
        )

        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let size = try await withThrowingTaskGroup(of: Int.self) { group in
            for face in Face.allCases {
                group.addTask {
                    var picture = FacePicture(face, edge: edge, rotation: rotation, scene: scene)
                    picture.write(face.rawValue, top: 0.09, height: 0.13)
                    picture.write(id, top: 0.255, height: 0.036)
                    var file = try picture.jpeg(quality: quality)
                    if face == truncate { file.removeLast(file.count - file.count * 6 / 10) }
                    try Data(file).write(to: folder.appendingPathComponent(face.rawValue + ".jpg"))
                    return file.count
                }
            }
            return try await group.reduce(0, +)
        }
        let sidecar = PoseSidecar(
            siteID: siteID,
            siteName: siteName,
            stationID: id,
            stationName: stationName ?? id,
            translation: .init(x: x, y: y, z: z),
            rotation: .init(heading: heading, pitch: pitch, roll: roll),
            time: time
        )
        try sidecar.json().write(to: folder.appendingPathComponent("pose.json"))
        let note = truncate.map { "; \($0.rawValue).jpg is truncated" } ?? ""
        print("Drew \(siteID)/\(id) in \(path): six faces of \(edge) pixels, \(size / 1024) KiB\(note).")
    }
}

extension Face: ExpressibleByArgument {}
