import DropFolder
import Foundation
import Station

extension StationInspection {
    /// Reads the station's row of the pose list; nil where there is no list, no row, or one that was refused or has to wait.
    ///
    /// - Returns: What the row states, and the list's path below the inbox.
    mutating func readPoseList() throws(Interruption) -> (sidecar: Sidecar, list: String)? {
        let finding: PoseListFinding
        switch try PoseListFinding.find(snapshot) {
        case .none:
            findings.wait(
                .sidecarMissing,
                "There is no pose yet: add pose.json, or a row for this folder to poses.csv."
            )
            return nil
        case .ambiguous(let names):
            findings.refuse(
                .poseListAmbiguous,
                "\(FaceFinding.list(names)) are pose lists for this folder: leave one of them."
            )
            return nil
        case .found(let found): finding = found
        }
        let shown = printable(finding.path)
        guard finding.stamp.size <= PoseListFinding.sizeLimit else {
            findings.refuse(
                .poseListInvalid,
                "\(shown) has more than \(PoseListFinding.sizeLimit >> 20) MiB: split it by folders.",
                file: finding.path
            )
            return nil
        }
        guard let result = try read(finding) else { return nil }
        let list: PoseList
        switch result {
        case .success(let read): list = read
        case .failure(let refusal):
            refuse(refusal, of: finding)
            return nil
        }
        let rows = list.rows(for: finding.station)
        guard let number = rows.first else {
            findings.wait(
                .sidecarMissing,
                "There is no pose yet: \(shown) has no row for \(printable(finding.station)). Add it there, or add pose.json."
            )
            return nil
        }
        guard rows.count == 1 else {
            let lines = rows.prefix(5).map { "\(list.rows[$0].line)" }.joined(separator: ", ")
            findings.refuse(
                .poseListAmbiguous,
                "\(shown) has \(rows.count) rows for \(printable(finding.station)) (lines \(lines)): leave one.",
                file: finding.path
            )
            return nil
        }
        if number == list.openRow, isFresh(finding.stamp) {
            findings.wait(
                .stillWriting,
                "The last line of \(shown) has no end and was written a moment ago: perhaps more is to come.",
                file: finding.path
            )
            return nil
        }
        do throws(PoseListRefusal) {
            let text = try PoseRow(list: list, row: list.rows[number]).sidecar()
            let reading = SidecarReader.read(
                Array(text.utf8),
                file: finding.path,
                line: list.rows[number].line,
                zone: rules.timeZone,
                now: rules.now()
            )
            for problem in reading.problems { findings.add(.wrong, problem) }
            findings.addNotes(reading.notes)
            findings.note(.poseFromList, words(of: list, row: list.rows[number], shown), file: finding.path)
            return (reading.sidecar, finding.path)
        } catch {
            refuse(error, of: finding)
            return nil
        }
    }

    private mutating func refuse(_ refusal: PoseListRefusal, of finding: PoseListFinding) {
        let message = "The pose list \(printable(finding.path)) \(refusal.message)."
        if refusal.mayBeUnfinished {
            findings.wait(.poseListInvalid, message, file: finding.path)
        } else {
            findings.refuse(.poseListInvalid, message, file: finding.path)
        }
    }

    private func isFresh(_ stamp: FileStamp) -> Bool {
        let age = rules.now().timeIntervalSince1970 - Double(stamp.modified) / 1e9
        return age >= 0 && age < PoseListFinding.writing
    }

    /// How the row was read: whoever sees the note can tell whether the list was taken for what it is.
    private func words(of list: PoseList, row: PoseTable.Row, _ shown: String) -> String {
        let frame = list.frame.map { ", its quaternion in the frame \($0.rawValue)" } ?? ""
        return "The pose is that of line \(row.line) of \(shown), read as \(list.preset.rawValue)\(frame)."
    }

    /// The list, parsed; nil where drop360 may not read it, which is told.
    private mutating func read(
        _ finding: PoseListFinding
    ) throws(Interruption) -> Result<PoseList, PoseListRefusal>? {
        let parts = finding.path.split(separator: "/").map(String.init)
        var isForbidden = false
        do throws(Interruption) {
            return try poseLists.list(
                at: snapshot.inbox + "/" + finding.path,
                stamp: finding.stamp,
                rule: rules.poses,
                stop: stop
            ) { () throws(Interruption) -> [UInt8] in
                let folder: OpenFolder
                do throws(DropFolderError) {
                    folder = try OpenFolder.at(
                        root: snapshot.inbox,
                        relativePath: parts.dropLast().joined(separator: "/")
                    )
                } catch {
                    throw Interruption(error)
                }
                switch try FileContents.read(parts.last ?? "", in: folder, limit: PoseListFinding.sizeLimit, stop: stop)
                {
                case .whole(let contents): return contents.bytes
                case .noPermission:
                    isForbidden = true
                    throw .changed
                // Another one has taken its place since it was found.
                case .tooLarge, .notRegular: throw .changed
                }
            }
        } catch {
            guard isForbidden else { throw error }
            let shown = printable(finding.path)
            findings.wait(
                .noPermission,
                "drop360 may not read \(shown): give its user the right (for instance `chmod a+r`); it waits.",
                file: finding.path
            )
            return nil
        }
    }
}
