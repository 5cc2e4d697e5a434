import Foundation
import Inspection
import Station

/// One inspected station, as `check` prints it.
struct CheckedStation {
    let path: String
    /// Of a position in an E57 file, as the file has it.
    var name: String?
    let report: InspectionReport

    /// The shape of `design.md`, "Commands".
    struct Facts: Encodable {
        struct PoseFacts: Encodable {
            var translation: [Double]
            var eulerRotation: [Double]
        }
        struct IDs: Encodable {
            var collection: String
            var station: String
            var image: String
            var files: [String: String]
        }
        /// Absent if the seams were not checked.
        struct Seams: Encodable {
            /// `fit`, `wrong`, `apart` or `unclear`.
            var verdict: String
            var words: String?
            /// Shell commands that fix it.
            var fix: [String]?
        }
        var path: String
        /// Only of a position in an E57 file.
        var name: String?
        var verdict: String
        var seams: Seams?
        var problems: [Problem]
        var notes: [Problem]
        var pose: PoseFacts?
        var ids: IDs?
    }

    var isAccepted: Bool {
        if case .accepted = report.verdict { return true }
        return false
    }

    var capture: Capture? {
        if case .accepted(let capture) = report.verdict { return capture }
        return nil
    }

    private var verdict: (name: String, problems: [Problem]) {
        switch report.verdict {
        case .accepted: ("accepted", [])
        case .rejected(let problems): ("rejected", problems)
        case .incomplete(let problems): ("incomplete", problems)
        case .partOf(let above):
            (
                "incomplete",
                [Problem("part-of", "Its files belong to the station in \(printable(above)): check that folder.")]
            )
        case .changed:
            (
                "incomplete",
                [
                    Problem(
                        "changing",
                        "The folder changed while it was being read. Check it again when nothing is being copied to it."
                    )
                ]
            )
        case .unavailable(let error): ("incomplete", [Problem("source-unavailable", error.description)])
        }
    }

    var facts: Facts {
        let (name, problems) = verdict
        return Facts(
            path: path,
            name: self.name,
            verdict: name,
            seams: seams,
            problems: problems,
            notes: report.notes,
            pose: report.pose.map { pose in
                .init(
                    translation: [pose.translation.x, pose.translation.y, pose.translation.z],
                    eulerRotation: [pose.eulerRotation.x, pose.eulerRotation.y, pose.eulerRotation.z]
                )
            },
            ids: report.ids.map { ids in
                .init(
                    collection: ids.collection,
                    station: ids.station,
                    image: ids.image,
                    files: Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0.rawValue, ids.file($0)) })
                )
            }
        )
    }

    private var seams: Facts.Seams? {
        switch report.seams {
        case nil: nil
        case .fit: .init(verdict: "fit")
        case .unclear: .init(verdict: "unclear")
        case .apart: .init(verdict: "apart")
        case .wrong(let arrangement, _): .init(verdict: "wrong", words: arrangement.words, fix: fix?.commands)
        }
    }

    /// The fix for faces that look swapped, rotated or mirrored; nil if none do.
    var fix: SeamFix? {
        guard case .wrong(let arrangement, _) = report.seams else { return nil }
        return SeamFix(folder: path, files: report.files, arrangement: arrangement)
    }

    /// For people: the verdict first, then one line per problem and note.
    ///
    /// - Parameter colours: Whether the terminal shows them.
    func text(colours: Bool) -> String {
        let (verdict, problems) = verdict
        let colour = ["accepted": "32", "rejected": "31"][verdict] ?? "33"
        let label = colours ? "\u{1b}[1;\(colour)m\(verdict.uppercased())\u{1b}[0m" : verdict.uppercased()
        let called = name.map { "  (\(printable($0)))" } ?? ""
        var lines = ["\(label)  \(printable(path))\(called)"]
        func line(_ mark: String, _ problem: Problem) -> String { "  \(mark) \(problem.sentence)" }
        lines += problems.map { line("✗", $0) } + report.notes.map { line("·", $0) }
        switch report.seams {
        case .fit: lines.append("  seams: all six faces fit together")
        case .unclear: lines.append("  seams: the images do not show whether the faces are in the right places")
        case .wrong, .apart, nil: break
        }
        // Nobody wrote it down: it stands in the file alone.
        if name != nil, let pose = report.pose { lines.append("  " + Self.words(pose)) }
        if isAccepted, let ids = report.ids { lines.append("  image id \(printable(ids.image))") }
        return lines.joined(separator: "\n")
    }

    /// Metres and radians, in the CDF frame.
    private static func words(_ pose: Pose) -> String {
        let (t, r) = (pose.translation, pose.eulerRotation)
        return String(format: "pose %.3f, %.3f, %.3f m; Euler rotation %.4f, %.4f, %.4f", t.x, t.y, t.z, r.x, r.y, r.z)
    }
}
