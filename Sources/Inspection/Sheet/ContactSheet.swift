import DropFolder
import Foundation
import Station

/// Draws the unfolded cubes of inspected stations into one picture, as the viewer will show them, for a person to check at a glance.
///
/// The top is above the front and the bottom below it; a line on each edge is green if it meets its neighbour, amber if that is
/// doubtful, red if it does not.
package enum ContactSheet {
    /// One station of the sheet.
    package struct Item: Sendable {
        /// The inbox or folder that the report's path is relative to.
        package var root: String
        package var report: InspectionReport

        package init(root: String, report: InspectionReport) {
            self.root = root
            self.report = report
        }
    }

    /// The most stations on one sheet; more would not be readable.
    package static let limit = 100
    private static let cell = 240
    private static let head = 64
    private static let places: [Face: (column: Int, row: Int)] = [
        .top: (1, 0), .left: (0, 1), .front: (1, 1), .right: (2, 1), .back: (3, 1), .bottom: (1, 2),
    ]

    /// Draws the first ``limit`` stations one below the other; blocks.
    ///
    /// - Returns: A PNG file; nil if there are no stations, or no memory.
    package static func png(of items: [Item]) -> [UInt8]? {
        let items = items.prefix(limit)
        guard !items.isEmpty else { return nil }
        let block = head + 3 * cell
        var canvas = Canvas(width: 4 * cell, height: items.count * block)
        for (index, item) in items.enumerated() { draw(item, at: index * block, on: &canvas) }
        return canvas.png()
    }

    private static func draw(_ item: Item, at top: Int, on canvas: inout Canvas) {
        let report = item.report
        let (word, colour): (String, Canvas.Colour) =
            switch report.verdict {
            case .accepted: ("accepted", .green)
            case .rejected: ("rejected", .red)
            case .incomplete, .partOf, .changed, .unavailable: ("incomplete", .amber)
            }
        canvas.write("\(word)  \(printable(report.path))", x: 8, y: top + 8, scale: 2, room: 4 * cell - 16, colour)
        canvas.write("seams: \(seamWords(report))", x: 8, y: top + 34, scale: 2, room: 4 * cell - 16, .white)
        let pictures = pictures(of: item)
        for face in Face.allCases { draw(face, pictures[face], report, at: top + head, on: &canvas) }
        for (seam, mismatch) in zip(CubeSeam.all, SeamCheck.mismatches(of: pictures)) {
            let colour: Canvas.Colour =
                switch SeamMatch(mismatch: mismatch) {
                case .meets, .plain: .green
                case .doubtful: .amber
                case .apart: .red
                }
            for (face, edge) in [seam.first, seam.second] { mark(edge, of: face, at: top + head, colour, on: &canvas) }
        }
        guard let pose = report.pose else { return }
        let (x, y) = (2 * cell + 12, top + head + 12)
        canvas.write("front looks \(heading(of: pose))", x: x, y: y, scale: 2, room: 2 * cell - 20, .white)
        let place = pose.translation
        let words = String(format: "x %.2f  y %.2f  z %.2f", place.x, place.y, place.z)
        canvas.write(words, x: x, y: y + 24, scale: 2, room: 2 * cell - 20, .dim)
    }

    private static func draw(
        _ face: Face,
        _ picture: Picture?,
        _ report: InspectionReport,
        at top: Int,
        on canvas: inout Canvas
    ) {
        guard let place = places[face] else { return }
        let (x, y) = (place.column * cell, top + place.row * cell)
        if let picture {
            canvas.draw(picture, x: x, y: y, edge: cell)
        } else {
            canvas.fill(x: x + 4, y: y + 4, width: cell - 8, height: cell - 8, .dim)
        }
        canvas.write(face.rawValue, x: x + 14, y: y + 14, scale: 2, room: cell - 24, .white)
        let file = report.files[face].map { printable($0, limit: 60) } ?? "missing"
        canvas.write(file, x: x + 14, y: y + cell - 24, scale: 1, room: cell - 24, .white)
    }

    private static func mark(
        _ edge: FaceEdge,
        of face: Face,
        at top: Int,
        _ colour: Canvas.Colour,
        on canvas: inout Canvas
    ) {
        guard let place = places[face] else { return }
        let (x, y, thick, inset) = (place.column * cell, top + place.row * cell, 5, 10)
        switch edge {
        case .top: canvas.fill(x: x + inset, y: y, width: cell - 2 * inset, height: thick, colour)
        case .bottom:
            canvas.fill(x: x + inset, y: y + cell - thick, width: cell - 2 * inset, height: thick, colour)
        case .left: canvas.fill(x: x, y: y + inset, width: thick, height: cell - 2 * inset, colour)
        case .right:
            canvas.fill(x: x + cell - thick, y: y + inset, width: thick, height: cell - 2 * inset, colour)
        }
    }

    private static func seamWords(_ report: InspectionReport) -> String {
        switch report.seams {
        case nil:
            report.notes.contains { $0.code == ProblemCode.converted.rawValue }
                ? "rendered from a panorama" : "not checked"
        case .fit: "all fit"
        case .unclear: "unclear"
        case .apart(let degrees): degrees.map { "do not meet: \(Int($0.rounded()))° wide" } ?? "do not meet"
        case .wrong(let arrangement, _): arrangement.words
        }
    }

    /// The heading of the front face in degrees clockwise from +Y, and the nearest of eight directions.
    private static func heading(of pose: Pose) -> String {
        let front = Rotation(pose.eulerRotation).applied(to: Vector3(x: 0, y: -1, z: 0))
        guard abs(front.z) < 0.999 else { return front.z > 0 ? "straight up" : "straight down" }
        let degrees = (atan2(front.x, front.y) * 180 / .pi + 360).truncatingRemainder(dividingBy: 360)
        let points = ["+Y", "+Y+X", "+X", "-Y+X", "-Y", "-Y-X", "-X", "+Y-X"]
        return String(format: "%.0f° from +Y (%@)", degrees, points[Int((degrees + 22.5) / 45) % 8] as NSString)
    }

    /// Applies all limits of inspection.
    private static func facts(of bytes: [UInt8]) throws(ImageRefusal) -> ImageFacts {
        try bytes.withUnsafeBufferPointer { (bytes) throws(ImageRefusal) -> ImageFacts in
            FileKind.of(Array(bytes.prefix(FileKind.headLength))) == .png
                ? try PNGStructure.facts(of: bytes) : try JPEGStructure.facts(of: bytes)
        }
    }

    private static func pictures(of item: Item) -> [Face: Picture] {
        var pictures: [Face: Picture] = [:]
        for (face, name) in item.report.files {
            // A file that inspection refused may not decode: then its place stays grey.
            guard let folder = try? OpenFolder.at(root: item.root, relativePath: item.report.path),
                let file = try? RegularFile(name, in: folder), file.stamp.size <= StationInspection.faceByteLimit,
                let bytes = try? file.read(at: 0, count: Int(file.stamp.size)),
                let facts = try? facts(of: bytes),
                max(facts.width, facts.height) <= (facts.format == .png ? 4096 : 16384),
                let picture = try? Picture.decode(bytes, atLeast: 256), picture.width == picture.height
            else { continue }
            pictures[face] = picture
        }
        return pictures
    }
}
