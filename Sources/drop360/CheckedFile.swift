import Inspection
import Station

/// One inspected E57 file, or zip of E57 files, as `check` prints it.
struct CheckedFile {
    var report: FileReport
    /// What its positions became; nil where they are not read here.
    var positions: [CheckedStation]?

    /// What `check --json` prints for it.
    struct Facts: Encodable {
        var path: String
        var verdict: String
        /// Bytes; absent where it could not be opened.
        var size: Int64?
        var problems: [Problem]
        var notes: [Problem]
        /// The file's external id in CDF.
        var id: String?
        var positions: [CheckedStation.Facts]?
    }

    /// It is accepted, and so are its positions.
    var isAccepted: Bool {
        guard case .accepted = report.verdict else { return false }
        return positions?.allSatisfy(\.isAccepted) ?? true
    }

    private var verdict: (name: String, problems: [Problem]) {
        switch report.verdict {
        case .accepted where hasOnlyRefusedPositions:
            ("rejected", [Problem("positions-refused", "None of its positions is accepted: see below.")])
        case .accepted: ("accepted", [])
        case .rejected(let problems): (report.mayBeUnfinished ? "incomplete" : "rejected", problems)
        case .incomplete(let problems): ("incomplete", problems)
        case .leftAlone: ("rejected", [Problem("archive", "The archive holds no E57 files and is left alone.")])
        case .changed:
            (
                "incomplete",
                [
                    Problem(
                        "changing",
                        "The file changed while it was being read. Check it again when nothing is being copied to it."
                    )
                ]
            )
        case .unavailable(let error): ("incomplete", [Problem("source-unavailable", error.description)])
        }
    }

    private var hasOnlyRefusedPositions: Bool {
        guard let positions, !positions.isEmpty else { return false }
        return !positions.contains(where: \.isAccepted)
    }

    private var path: String { (report.item.inbox == "/" ? "" : report.item.inbox) + "/" + report.item.path }

    private var externalID: String? {
        guard case .accepted(.pointCloud(let cloud)) = report.verdict else { return nil }
        return cloud.externalID
    }

    var facts: Facts {
        let (name, problems) = verdict
        return Facts(
            path: path,
            verdict: name,
            size: report.size,
            problems: problems,
            notes: report.notes,
            id: externalID,
            positions: positions?.map(\.facts)
        )
    }

    /// For people: the verdict first, then one line per problem and note, then the positions.
    func text(colours: Bool) -> String {
        let (name, problems) = verdict
        let colour = ["accepted": "32", "rejected": "31"][name] ?? "33"
        let label = colours ? "\u{1b}[1;\(colour)m\(name.uppercased())\u{1b}[0m" : name.uppercased()
        var lines = ["\(label)  \(printable(path))"]
        lines += problems.map { "  ✗ \($0.sentence)" } + report.notes.map { "  · \($0.sentence)" }
        if case .accepted = report.verdict { lines.append("  \(report.size ?? 0) bytes, complete and undamaged") }
        if let externalID { lines.append("  file id \(printable(externalID))") }
        guard let positions else { return lines.joined(separator: "\n") }
        let accepted = positions.count(where: \.isAccepted)
        lines += positions.map { $0.text(colours: colours) }
        lines.append(
            "\(positions.count) \(positions.count == 1 ? "position" : "positions"), \(accepted) accepted, \(positions.count - accepted) not."
        )
        return lines.joined(separator: "\n")
    }
}
