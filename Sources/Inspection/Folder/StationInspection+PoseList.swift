import DropFolder
import Foundation
import Station

extension StationInspection {
    /// The result of reading the station's row of a pose list.
    enum PoseListReading {
        /// There is no list, or it has no row for the station; the station waits.
        case nothing
        /// There is a row, but it was refused or has to wait.
        case unusable
        /// The row's contents, and the list's path below the inbox.
        case row(Sidecar, list: String)
    }

    /// Reads the station's row of the nearest pose list.
    mutating func readPoseList() throws(Interruption) -> PoseListReading {
        let finding: PoseListFinding
        switch try PoseListFinding.find(snapshot) {
        case .blocked(let path, let kind):
            findings.wait(
                .sidecarMissing,
                "There is no pose yet: the pose list \(printable(path)) is \(kind.words), which drop360 does not open. Replace it with "
                    + "the list itself, or add pose.json.",
                file: path
            )
            return .nothing
        case .none where reportPoseBelow(): return .nothing
        case .none:
            findings.wait(
                .sidecarMissing,
                "There is no pose yet: add pose.json, or a row for this folder to poses.csv."
            )
            return .nothing
        case .ambiguous(let names):
            findings.refuse(
                .poseListAmbiguous,
                "\(FaceFinding.list(names)) are all pose lists for this folder: keep one of them."
            )
            return .unusable
        case .found(let found): finding = found
        }
        let shown = printable(finding.path)
        guard finding.stamp.size <= PoseListFinding.sizeLimit else {
            findings.refuse(
                .poseListInvalid,
                "\(shown) is larger than \(PoseListFinding.sizeLimit >> 20) MiB: split it by folders.",
                file: finding.path
            )
            return .unusable
        }
        guard let result = try read(finding) else { return .unusable }
        let list: PoseList
        switch result {
        case .success(let read): list = read
        case .failure(let refusal):
            refuse(refusal, of: finding)
            return .unusable
        }
        let rows = list.names.rows(for: snapshot.path, below: finding.station)
        guard let number = rows.first else {
            let encoding = list.encoding.map { " (read as \($0), since it is not UTF-8)" } ?? ""
            let zeros =
                list.names.withoutZeros(of: finding.station)
                .map { ", but one for \(printable($0)): did a spreadsheet drop the leading zeros?" } ?? ""
            findings.wait(
                .sidecarMissing,
                "There is no pose yet: \(shown)\(encoding) has no row for \(printable(finding.station))\(zeros.isEmpty ? "." : zeros) "
                    + "Add it there, or add pose.json."
            )
            return .nothing
        }
        // Equal rows, one for each picture of a station, count as one.
        guard rows.count == 1 || PoseRow.areAlike(rows.map { list.rows[$0] }, of: list) else {
            let lines = rows.prefix(5).map { "\(list.rows[$0].line)" }.joined(separator: ", ")
            findings.refuse(
                .poseListAmbiguous,
                "\(shown) has \(rows.count) rows for \(printable(finding.station)) (lines \(lines)): keep one, or write the folder's "
                    + "path in each.",
                file: finding.path
            )
            return .unusable
        }
        if rows.contains(where: { $0 == list.openRow }), isFresh(finding.stamp) {
            findings.wait(
                .stillWriting,
                "The last line of \(shown) is incomplete and was just written: drop360 waits for the rest.",
                file: finding.path
            )
            return .unusable
        }
        if try refuseSharedRow(number, of: list, finding) { return .unusable }
        do throws(PoseListRefusal) {
            let row = list.rows[number]
            let spelled = try PoseRow(list: list, row: row).sidecar(zone: rules.timeZone)
            let reading = SidecarReader.read(
                Array(spelled.text.utf8),
                file: finding.path,
                line: row.line,
                zone: rules.timeZone,
                now: rules.now()
            )
            for problem in reading.problems { findings.add(.wrong, problem) }
            findings.addNotes(reading.notes)
            var sidecar = reading.sidecar
            if let words = spelled.unusedTime {
                findings.note(.timeUnused, "\(words) (line \(row.line))", file: finding.path)
                sidecar.hasUnusableTime = true
            }
            findings.note(.poseFromList, words(of: list, row: row, shown), file: finding.path)
            return .row(sidecar, list: finding.path)
        } catch {
            refuse(error, of: finding)
            return .unusable
        }
    }

    /// Refuses the station if its row matches another one equally well: a row is for one folder.
    ///
    /// - Returns: Whether it was refused.
    private mutating func refuseSharedRow(
        _ number: Int,
        of list: PoseList,
        _ finding: PoseListFinding
    ) throws(Interruption) -> Bool {
        guard !finding.isOwn else { return false }
        let others = try otherMatches(for: number, of: list, finding)
        guard let other = others.first else { return false }
        let more = others.count > 1 ? " and \(others.count - 1) more" : ""
        let (own, second) = (printable(finding.station), printable(other.below))
        findings.refuse(
            .poseListAmbiguous,
            "Line \(list.rows[number].line) of \(printable(finding.path)) matches both this folder and \(printable(other.path))\(more), but a row is for "
                + "one folder. Write a row with its path for each of them (\(own), \(second)), or give each site a separate list, or put "
                + "pose.json into the folders.",
            file: finding.path
        )
        return true
    }

    /// The other stations, below the inbox, that the row matches.
    private func otherMatches(
        for number: Int,
        of list: PoseList,
        _ finding: PoseListFinding
    ) throws(Interruption) -> [(path: String, below: String)] {
        let folder: OpenFolder
        do throws(DropFolderError) {
            folder = try OpenFolder.at(root: snapshot.inbox, relativePath: finding.folder)
        } catch {
            throw Interruption(error)
        }
        var candidates: Set<String> = []
        for name in list.names.lastComponents(of: number) {
            candidates.formUnion(
                try list.folders.folders(
                    named: name,
                    inTreeWith: finding.station,
                    in: folder,
                    ignoring: rules.ignore,
                    stop: stop
                )
            )
        }
        candidates.remove(finding.station)
        var others: [(path: String, below: String)] = []
        for path in candidates.sorted() {
            try stop.check()
            let whole = finding.folder.isEmpty ? path : finding.folder + "/" + path
            guard list.names.rows(for: whole, below: path).contains(number) else { continue }
            do throws(DropFolderError) {
                let snapshot = try FolderSnapshot.take(inbox: snapshot.inbox, path: whole, ignoring: rules.ignore)
                guard snapshot.isStation, try !PoseListFinding.hasOwnList(path, in: folder) else { continue }
                if try !hasSidecar(snapshot) { others.append((whole, path)) }
            } catch {
                // Missing, or not readable: then it is not a station.
                if case .unavailable = error { throw Interruption(error) }
            }
            if others.count == 10 { break }
        }
        return others
    }

    /// Whether a folder has a sidecar, which takes precedence over the list.
    private func hasSidecar(_ snapshot: FolderSnapshot) throws(DropFolderError) -> Bool {
        if SidecarFinding.isBlocked(snapshot) { return true }
        guard !snapshot.names(.json).isEmpty else { return false }
        let folder = try OpenFolder.at(root: snapshot.inbox, relativePath: snapshot.path)
        do throws(Interruption) {
            return try !VendorFile.areAll(snapshot, in: folder, stop: stop)
        } catch {
            // It is changing: it will be inspected itself.
            return true
        }
    }

    private mutating func refuse(_ refusal: PoseListRefusal, of finding: PoseListFinding) {
        let message = "The pose list \(printable(finding.path)) \(refusal.message)."
        if refusal.mayBeUnfinished {
            findings.wait(refusal.code, message, file: finding.path)
        } else {
            findings.refuse(refusal.code, message, file: finding.path)
        }
    }

    private func isFresh(_ stamp: FileStamp) -> Bool {
        let age = rules.now().timeIntervalSince1970 - Double(stamp.modified) / 1e9
        return age >= 0 && age < PoseListFinding.writingWindow
    }

    /// How the row was read, so that a person can check whether the list was interpreted correctly.
    private func words(of list: PoseList, row: PoseTable.Row, _ shown: String) -> String {
        let frame = list.frameName.map { ", with its quaternion in the frame \($0)" } ?? ""
        let encoding = list.encoding.map { " The list is not UTF-8 and was read as \($0)." } ?? ""
        return "The pose comes from line \(row.line) of \(shown), read as \(list.preset.rawValue)\(frame).\(encoding)"
    }

    /// The parsed list; nil if drop360 may not read it, which is reported.
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
                // It has been replaced since it was found.
                case .tooLarge, .notRegular: throw .changed
                }
            }
        } catch {
            guard isForbidden else { throw error }
            let shown = printable(finding.path)
            findings.wait(
                .noPermission,
                "drop360 has no permission to read \(shown): give its user permission (for instance `chmod a+r`). It waits until then.",
                file: finding.path
            )
            return nil
        }
    }
}
