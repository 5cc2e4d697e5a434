import Foundation
import Inspection
import Ledger
import Station

// The report about a scan: its own state, and what became of each of its positions, which have no reports of their own.
extension CrewReport {
    /// The report that a scan needs now; nil where it needs none.
    ///
    /// - Parameters:
    ///   - scan: An item of kind `scan`.
    ///   - original: The one whose identical content is delivered in its stead.
    ///   - outcome: What became of its positions.
    ///   - clearing: What has become of the file in the inbox.
    init?(forScan scan: ItemRecord, original: ItemRecord?, outcome: ScanOutcome, clearing: Clearing? = nil) {
        let lines: [String]
        let place = Self.lines(of: clearing, for: scan)
        switch scan.state {
        case .registered where scan.isGone && place.isEmpty: return nil
        case .accepted, .uploading, .uploaded, .processing: return nil
        case .withdrawn:
            // Nothing was read of a file that was taken away before its turn: nobody needs to know.
            guard let loss = outcome.loss else { return nil }
            word = "WAITING"
            lines = [
                "drop360 no longer reads this file: \(printable(loss)). What had been read is delivered.", "",
                "If the file is gone, copy it into the inbox again: drop360 then reads the other positions.",
            ]
        case .incomplete(let problems):
            word = "WAITING"
            lines =
                ["drop360 waits for this file to be complete. What is missing:", ""] + problems.map(Self.line)
                + ["", "drop360 continues automatically once everything is there."]
        case .rejected(let problems):
            word = "REJECTED"
            let isOfPositions = outcome.count([.rejected]) == outcome.total && outcome.total > 0
            lines =
                [Self.opening(of: outcome, isOfPositions), ""]
                // The positions name their own problems below.
                + (isOfPositions ? [] : problems.map(Self.line) + [""])
                + ["Correct the file or copy it again. drop360 checks it again automatically when it changes."]
        case .failed(_, let failure):
            word = "REJECTED"
            lines =
                ["The file is good, but its positions could not be delivered:", ""]
                + ["* " + printable(failure.summary, limit: 1000)]
                + (failure.advice.map { ["* " + printable($0, limit: 1000)] } ?? [])
                + ["", "Leave the file as it is, and give the operator the number above."]
        case .registered:
            word = outcome.inNeed > 0 ? "REJECTED" : "UPLOADED"
            lines = Self.delivered(outcome, original) + place
        }
        let text =
            [Self.signature + word, "", "E57 file: " + printable(scan.path)] + Self.facts(scan) + [""] + lines
            + Self.list(outcome) + Self.leftBehind(by: scan) + Self.notes(of: scan, outcome)
        self.text = text.joined(separator: "\n") + "\n"
    }

    private static func facts(_ scan: ItemRecord) -> [String] {
        var facts = [
            "Time: " + CaptureTime(milliseconds: Int64(scan.changedAt.timeIntervalSince1970 * 1000)).wire,
            "Number in the ledger: \(scan.id)",
        ]
        if case .scan(let content) = scan.content, scan.state.digest != nil {
            facts.append("File: \(content.size) bytes, sha256 \(content.fileDigest.rawValue)")
        }
        return facts
    }

    private static func opening(of outcome: ScanOutcome, _ isOfPositions: Bool) -> String {
        if isOfPositions {
            return outcome.total == 1
                ? "The only position of this file was refused. What is wrong, and what to do:"
                : "All \(outcome.total) positions of this file were refused. What is wrong, and what to do:"
        }
        let standing = outcome.count([.registered])
        return standing > 0
            ? "The file as it is now was not read. \(standing == 1 ? "One position that was delivered before is" : "\(standing) positions that were delivered before are") still in CDF. "
                + "What is wrong, and what to do:"
            : "Nothing of this file was sent. What is wrong, and what to do:"
    }

    private static func delivered(_ outcome: ScanOutcome, _ original: ItemRecord?) -> [String] {
        if let original {
            return [
                "The content of this file was delivered before, from \(printable(original.folder)); nothing was read or sent again.",
                "What became of its positions is in the report of that file.",
            ]
        }
        let delivered = outcome.count([.registered])
        let points = "The point cloud was not sent: drop360 delivers the panoramas of this file (`extract: here`)."
        guard outcome.inNeed > 0 else {
            let open = outcome.count(ItemState.Name.underWay)
            let left = open > 0 ? ", and \(open) more \(open == 1 ? "is" : "are") on the way" : ""
            return [
                "\(delivered) \(delivered == 1 ? "position has" : "positions have") been delivered\(left). drop360 no longer needs the file.",
                points,
            ]
        }
        return [
            "Delivered: \(delivered) of \(outcome.total) positions; \(outcome.inNeed) could not be. What is wrong is listed below.",
            "Correct the file or copy it again, or give the operator the number above.",
            "drop360 checks the file again automatically when it changes.",
            points,
        ]
    }

    // MARK: The positions

    private static func list(_ outcome: ScanOutcome) -> [String] {
        guard !outcome.positions.isEmpty else { return [] }
        var lines = ["", "Positions:", ""]
        for position in outcome.positions { lines += words(for: position) }
        let left = outcome.total - outcome.positions.count
        let others = outcome.inNeed > outcome.positions.count ? "" : ", all without problems"
        if left > 0 { lines.append("* and \(left) more\(others); `drop360 list` shows them") }
        return lines
    }

    /// Images of positions that the file no longer has: each with the command that takes it out of the viewer.
    private static func leftBehind(by scan: ItemRecord) -> [String] {
        guard !scan.leftBehind.isEmpty else { return [] }
        let images = scan.leftBehind.map { "* \(printable($0)): `drop360 retract \(shellWord($0))`" }
        return [
            "", "Still in the viewer, of positions that the file no longer has:", "",
        ] + images + ["", "If one should not be there, the operator can take it out with the command behind it."]
    }

    private static func words(for position: ItemRecord) -> [String] {
        let name = name(of: position)
        let state: String
        switch position.state {
        case .registered:
            let image = position.capture.map { ", image \(printable($0.ids.image))" } ?? ""
            let other = position.sameAs.map { ", with the same content as station \($0)" } ?? ""
            state = (position.isGone ? "delivered, and no longer in the file" : "delivered") + image + other
        case .rejected: state = "refused"
        case .failed: state = "could not be delivered"
        case .withdrawn where position.isRetracted: state = "was taken out of CDF by an operator"
        case .withdrawn: state = "was not delivered, and is no longer in the file"
        case .incomplete: state = "is read again"
        case .accepted, .uploading, .uploaded, .processing: state = "on the way"
        }
        let lines = ["* \(name): \(state) (number \(position.id))"]
        if case .failed(_, let failure) = position.state {
            return lines
                + [failure.summary, failure.advice].compactMap(\.self).map { "    " + printable($0, limit: 1000) }
        }
        return lines + position.problems.prefix(problemsOfOne).map { "    " + $0.sentence }
    }

    /// Problems that are shown of one position.
    private static let problemsOfOne = 20

    /// What is worth knowing of the file and its positions: each sentence once, with the positions that it is about.
    private static func notes(of scan: ItemRecord, _ outcome: ScanOutcome) -> [String] {
        // What becomes of the points is said above.
        let ofFile = scan.notes.filter { $0.code != ProblemCode.pointsNotSent.rawValue }
        var places: [Problem: [String]] = [:]
        var order: [Problem] = []
        // What became of the images of positions that are gone is said above.
        let ofPositions = outcome.positions.map { (name(of: $0), $0.notes + ($0.isGone ? [] : $0.imageNotes)) }
        for (name, notes) in ofPositions {
            for note in notes {
                if places[note] == nil { order.append(note) }
                if places[note]?.last != name { places[note, default: []].append(name) }
            }
        }
        let lines =
            ofFile.map(line)
            + shortened(order.map { (note: $0, positions: places[$0] ?? []) }, of: outcome.total)
        guard !lines.isEmpty else { return [] }
        let left = lines.count - mostNotes
        return ["", "Worth knowing:", ""] + Array(lines.prefix(mostNotes))
            + (left > 0 ? ["* and \(left) more notes"] : [])
    }

    /// Lines for what is worth knowing of positions.
    ///
    /// Some notes give each position's own numbers and are as many as the positions: the first of a kind stand for the others.
    private static func shortened(_ notes: [(note: Problem, positions: [String])], of all: Int) -> [String] {
        var ofKind: [String: Int] = [:]
        var others: [String: [String]] = [:]
        var lines: [String] = []
        for (note, positions) in notes {
            ofKind[note.code, default: 0] += 1
            if ofKind[note.code, default: 0] > mostOfKind {
                others[note.code, default: []] += positions
            } else {
                lines.append(line(note) + " (\(words(for: positions, of: all)))")
            }
        }
        return lines
            + others.sorted { $0.key < $1.key }.map { code, positions in
                "* The same kind of note (`\(code)`) about: \(words(for: positions, of: all))"
            }
    }

    /// Notes of one kind that are shown of the positions of one scan.
    private static let mostOfKind = 3

    /// Which positions a note is about: `bridge-0001, church-0001 and 38 more`.
    private static func words(for positions: [String], of all: Int) -> String {
        if positions.count == all, all > 2 { return "all \(all) positions" }
        guard positions.count > 3 else { return positions.joined(separator: ", ") }
        return positions.prefix(2).joined(separator: ", ") + " and \(positions.count - 2) more"
    }

    /// The name of a position, as the report lists it.
    private static func name(of position: ItemRecord) -> String {
        position.path.split(separator: "/").last.map { printable(String($0)) } ?? ""
    }

    /// Notes that are shown of one scan.
    private static let mostNotes = 1000
}
