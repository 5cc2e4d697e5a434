import DropFolder
import E57
import E57Writing
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// An inbox with E57 files in it, and the rules for them.
struct FileBench {
    let inbox: TemporaryFolder
    var rules = FileRules(.cdf(.number(7)), inspection: InspectionRules())

    init() throws {
        inbox = try TemporaryFolder()
        try inbox.makeFolder("plant")
    }

    static let item = "plant/hall.e57"

    func write(_ bytes: [UInt8], to path: String = item) throws { try inbox.write(bytes, to: path) }

    func snapshot(_ path: String = item) throws -> FileSnapshot { try .take(ItemPath(inbox: inbox.path, path: path)) }

    /// The report on the file as it is now.
    func report(_ path: String = item) throws -> FileReport {
        try #require(FileInspection(try snapshot(path), rules: rules).report())
    }

    func report(on bytes: [UInt8]) throws -> FileReport {
        try write(bytes)
        return try report()
    }

    /// What is wrong.
    func problems(_ report: FileReport) -> [Problem] {
        switch report.verdict {
        case .rejected(let problems), .incomplete(let problems): problems
        default: []
        }
    }

    func codes(_ report: FileReport) -> [String] { problems(report).map(\.code) }

    func cloud(_ report: FileReport) -> PointCloud? {
        guard case .accepted(.pointCloud(let cloud)) = report.verdict else { return nil }
        return cloud
    }

    func scan(_ report: FileReport) -> Scan? {
        guard case .accepted(.scan(let scan)) = report.verdict else { return nil }
        return scan
    }

    /// A file with one image that is never decoded by `extract: cdf`.
    static func file(padding: Int64 = 0) throws -> [UInt8] {
        let sphere = DrawnE57.Representation(
            .spherical(pixelWidth: 2 * .pi / 8, pixelHeight: .pi / 4),
            width: 8,
            height: 4,
            picture: [0xff, 0xd8, 0xff, 0xd9]
        )
        let image = DrawnE57.Image(guid: "{i1}", name: "Setup 1", scanGUID: "{s1}", pose: nil, sphere)
        return try DrawnE57(images: [image], scans: [.init(guid: "{s1}", name: "Setup 1")], padding: padding).bytes()
            .bytes
    }
}
