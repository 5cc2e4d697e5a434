import ArgumentParser
import Foundation
import Station

/// Draws one station of a fictional site, ready to be dropped into an inbox.
@main
struct DrawStation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw-station",
        abstract: "Draw a station of a fictional site: six cube-map faces and a pose sidecar.",
        discussion: """
            The pictures match the pose: the letters N, E, S and W are in their true directions, the pillars at fixed \
            places of the site, and neighbouring faces meet without a seam. So you can compare what the viewer shows \
            with the sidecar.
            """
    )

    @Argument(help: "The station's folder. It is created, with its parents.")
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

    @Option(help: "Stations with different seeds have different tints.")
    var seed = 0

    @Option(help: "Cut this face's file to 60 %, as a broken copy would: front, back, left, right, top or bottom.")
    var truncate: Face?

    func validate() throws {
        guard (64...16384).contains(edge) else { throw ValidationError("--edge is 64 to 16384 pixels.") }
        guard (1...100).contains(quality) else { throw ValidationError("--quality is 1 to 100.") }
        do throws(CaptureTime.Refusal) {
            _ = try CaptureTime.parse(time)
        } catch {
            throw ValidationError("--time must be ISO 8601 with a time zone, for example 2026-05-01T10:00:00Z.")
        }
    }

    func run() async throws {
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        let id = stationID ?? folder.lastPathComponent
        let milliseconds = try CaptureTime.parse(time).milliseconds
        let hour = Double(((milliseconds % 86_400_000) + 86_400_000) % 86_400_000) / 3_600_000
        let scene = Scene(from: Vector3(x: x, y: y, z: z), hour: hour, seed: seed)
        let degree = Double.pi / 180
        let rotation = Rotation(heading: heading * degree, pitch: pitch * degree, roll: roll * degree)

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
