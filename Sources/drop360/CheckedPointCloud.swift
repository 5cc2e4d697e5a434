import Inspection
import Station

extension PointCloudCheck.Report {
    /// What `check --json` prints for one E57 file.
    struct Facts: Encodable {
        var path: String
        var verdict: String
        var size: Int64?
        var problems: [Problem]
    }

    private var verdict: String { problems.isEmpty ? "accepted" : mayComplete ? "incomplete" : "rejected" }

    var facts: Facts { Facts(path: path, verdict: verdict, size: size, problems: problems) }

    /// For people: the verdict first, then one line per problem.
    func text(colours: Bool) -> String {
        let colour = ["accepted": "32", "rejected": "31"][verdict] ?? "33"
        let label = colours ? "\u{1b}[1;\(colour)m\(verdict.uppercased())\u{1b}[0m" : verdict.uppercased()
        let summary = problems.isEmpty ? ["  E57, \(size ?? 0) bytes, all page checksums match"] : []
        return (["\(label)  \(printable(path))"] + problems.map { "  ✗ \($0.sentence)" } + summary).joined(
            separator: "\n"
        )
    }
}
