import DropFolder
import Foundation
import Station

/// Inspects one station, from its snapshot to its verdict.
///
/// Blocks: runs on a thread of the inspector. The faces are read and decoded one after the other, so that memory stays near that of one
/// face; panoramas are rendered one at a time, with as much memory as they need.
struct StationInspection {
    /// Bytes of one face; a larger one is refused before it is read.
    static let faceByteLimit: Int64 = 256 << 20

    let snapshot: FolderSnapshot
    let rules: InspectionRules
    let stop: StopSignal
    let poseLists: PoseListCache
    /// Where the inspection runs.
    let lane: InspectionLane
    var findings: StationFindings
    private var pose: Pose?
    private var ids: ExternalIDs?
    private var site: String?
    private var place: StatedPlace?
    private(set) var files: [Face: String] = [:]
    var seams: SeamVerdict?
    var rendered: [Rendered] = []

    init(
        _ snapshot: FolderSnapshot,
        rules: InspectionRules,
        stop: StopSignal,
        poseLists: PoseListCache,
        lane: InspectionLane
    ) {
        self.snapshot = snapshot
        self.poseLists = poseLists
        self.rules = rules
        self.stop = stop
        self.lane = lane
        site = rules.site?.id
        findings = StationFindings(beingWritten: snapshot.beingWritten)
    }

    /// Inspects, and reports even if that was not possible; nil if the station is too heavy for its lane.
    mutating func report() -> InspectionReport? {
        let verdict: Verdict
        do throws(Interruption) {
            verdict = try inspect()
        } catch {
            switch error {
            case .changed, .stopped: verdict = .changed
            case .unavailable(let reason): verdict = .unavailable(reason)
            case .heavy: return nil
            }
        }
        return InspectionReport(
            path: snapshot.path,
            snapshotStamp: snapshot.stamp,
            verdict: verdict,
            notes: findings.notes,
            mayBeUnfinished: findings.mayBeUnfinished,
            seams: seams,
            files: files,
            pose: pose,
            ids: ids,
            site: site,
            place: place
        )
    }

    /// Records what the report gives even for a station that is not accepted.
    mutating func record(pose: Pose?, ids: ExternalIDs?) {
        self.pose = pose
        self.ids = ids
    }

    /// Records where the station belongs, which the plan of the site shows even if it is not accepted.
    mutating func record(_ identity: StationIdentity, translation: Vector3?, heading: Double?) {
        site = identity.siteID
        place = translation.map { translation in
            // Neither depends on time or content.
            let ids = ExternalIDs(
                prefix: rules.externalIDPrefix,
                siteID: identity.siteID,
                stationID: identity.stationID,
                time: nil,
                digest: ContentDigest(rawValue: "")
            )
            return StatedPlace(
                station: ids.station,
                collection: ids.collection,
                label: identity.label,
                translation: translation,
                heading: heading
            )
        }
    }

    private mutating func inspect() throws(Interruption) -> Verdict {
        let folder: OpenFolder
        do throws(DropFolderError) {
            folder = try OpenFolder.at(root: snapshot.inbox, relativePath: snapshot.path)
        } catch {
            guard case .noPermission = error else { throw Interruption(error) }
            findings.wait(.noPermission, error.description)
            return .incomplete([Problem(.noPermission, error.description)])
        }
        reportTemporaries()
        let pose = try findPose(in: folder)
        let (sidecar, sidecarName) = (pose.sidecar, pose.file)
        if pose.isNothing || !snapshot.holdsImages, let above = parentStation() { return .partOf(above) }
        let scheme = sidecar?.faces ?? rules.faces
        let finding = FaceFinding(snapshot, scheme: scheme, findings: &findings)
        let panoramas = try panoramas(among: finding, in: folder)
        files = finding.files
        let checks: [Face: FaceCheck]
        if let converted = try convert(panoramas, scheme: scheme, in: folder) {
            checks = converted
        } else {
            if !reportFacesBelow() {
                finding.reportMissing(scheme: scheme, panoramas: panoramas, findings: &findings)
            }
            checks = try checkFaces(finding.files, in: folder)
            reportSizes(checks)
            if !refuseRepeated(checks) { checkSeams(checks, scheme: scheme) }
        }
        reportUnused(finding, sidecar: sidecarName)
        reportNames(sidecar)
        let capture = assemble(sidecar, sidecarName: sidecarName, checks: checks)
        try confirmUnchanged(folder)
        if let verdict = findings.verdict { return verdict }
        if !storeRendered(), let verdict = findings.verdict { return verdict }
        // Without a problem everything was present, so there is a capture.
        guard let capture else { throw .changed }
        return .accepted(capture)
    }

    /// The result of the search for the pose.
    private enum PoseFinding {
        /// The folder has neither a sidecar nor a row of a list.
        case nothing
        /// There is a pose, but it was refused or has to wait; the findings say why.
        case unusable
        /// In this file; nil if its contents were refused.
        case stated(Sidecar?, file: String)

        var sidecar: Sidecar? { if case .stated(let sidecar, _) = self { sidecar } else { nil } }
        var file: String? { if case .stated(_, let file) = self { file } else { nil } }
        var isNothing: Bool { if case .nothing = self { true } else { false } }
    }

    /// The pose and its file: from the sidecar, or else from a row of a pose list.
    private mutating func findPose(in folder: borrowing OpenFolder) throws(Interruption) -> PoseFinding {
        if !SidecarFinding.isBlocked(snapshot) {
            if snapshot.names(.json).isEmpty {
                if SidecarFinding.refuseMisnamed(snapshot, onlyByName: true, findings: &findings) { return .unusable }
                let before = findings
                switch try readPoseList() {
                case .row(let row, let list): return .stated(row, file: list)
                case .unusable: return .unusable
                case .nothing:
                    // Then any JSON file may be intended as the pose.
                    var others = before
                    guard SidecarFinding.refuseMisnamed(snapshot, onlyByName: false, findings: &others) else {
                        return .nothing
                    }
                    findings = others
                    return .unusable
                }
            }
            if try VendorFile.areAll(snapshot, in: folder, stop: stop) {
                let before = findings
                switch try readPoseList() {
                case .row(let row, let list): return .stated(row, file: list)
                case .unusable: return .unusable
                // Then the file is the only candidate, and the messages are about it.
                case .nothing: findings = before
                }
            }
        }
        let name = SidecarFinding.find(snapshot, findings: &findings)
        guard let name else { return .unusable }
        return .stated(try readSidecar(name, in: folder), file: name)
    }

    private mutating func reportTemporaries() {
        let all = snapshot.names(.temporary)
        let (placeholders, temporaries) = (
            all.filter(IgnoreRules.isPlaceholder), all.filter { !IgnoreRules.isPlaceholder($0) }
        )
        if let first = placeholders.first {
            let (verb, them) =
                placeholders.count == 1 ? ("is a placeholder", "it") : ("are placeholders", "them")
            findings.wait(
                .notDownloaded,
                "\(FaceFinding.list(placeholders)) \(verb) for what is still in the cloud or being downloaded: download \(them) (“Download "
                    + "now”, “Always keep on this device”, or let the browser finish); then drop360 continues.",
                file: first
            )
        }
        guard !temporaries.isEmpty else { return }
        findings.wait(
            .stillWriting,
            "\(FaceFinding.list(temporaries)) shows that the folder is still being written; if nothing is being copied any more, remove it.",
            file: temporaries[0]
        )
    }

    /// Reads a file of at most `limit` bytes; nil if it was refused or has to wait.
    mutating func contents(
        of name: String,
        limit: Int64,
        tooLarge: (code: ProblemCode, words: String),
        in folder: borrowing OpenFolder
    ) throws(Interruption) -> FileContents? {
        switch try FileContents.read(name, in: folder, limit: limit, stop: stop) {
        case .whole(let contents): return contents
        case .tooLarge(let size):
            findings.refuse(tooLarge.code, "\(printable(name)) has \(size) bytes; \(tooLarge.words).", file: name)
        case .noPermission:
            findings.wait(
                .noPermission,
                "drop360 has no permission to read \(printable(name)): give its user permission (for instance `chmod a+r`). It waits until then.",
                file: name
            )
        case .notRegular(let kind):
            findings.refuse(
                .notAFile,
                "\(printable(name)) is \(kind.words), not a regular file, and was not read: replace it with the file itself.",
                file: name
            )
        }
        return nil
    }

    /// - Returns: What it says; empty if it could not be read as a sidecar, nil if it could not be read at all.
    private mutating func readSidecar(
        _ name: String?,
        in folder: borrowing OpenFolder
    ) throws(Interruption) -> Sidecar? {
        guard let name else { return nil }
        let tooLarge = (ProblemCode.sidecarTooLarge, "the limit for a pose sidecar is 1 MiB")
        guard
            let contents = try contents(
                of: name,
                limit: Int64(SidecarReader.sizeLimit),
                tooLarge: tooLarge,
                in: folder
            )
        else { return nil }
        let reading = SidecarReader.read(contents.bytes, file: name, zone: rules.timeZone, now: rules.now())
        for problem in reading.problems {
            findings.add(reading.mayBeUnfinished ? .perhapsUnfinished : .wrong, problem)
        }
        findings.addNotes(reading.notes)
        return reading.sidecar
    }

    /// The unassigned images that look equirectangular, if there are no faces at all.
    private func panoramas(
        among finding: FaceFinding,
        in folder: borrowing OpenFolder
    ) throws(Interruption) -> [String: ImageFacts] {
        guard finding.missing.count == Face.allCases.count else { return [:] }
        var found: [String: ImageFacts] = [:]
        for name in finding.unassigned.prefix(100) {
            try stop.check()
            guard let head = try FileContents.head(of: name, in: folder, count: ImageHead.length),
                let facts = head.withUnsafeBufferPointer(ImageHead.facts)
            else { continue }
            if facts.width == 2 * facts.height, facts.width >= 1024 { found[name] = facts }
        }
        return found
    }

    private mutating func checkFaces(
        _ files: [Face: String],
        in folder: borrowing OpenFolder
    ) throws(Interruption) -> [Face: FaceCheck] {
        if lane == .light, try InspectionLane.of(Array(files.values), in: folder) == .heavy { throw .heavy }
        var checks: [Face: FaceCheck] = [:]
        let tooLarge = (
            ProblemCode.imageTooHeavy, "the limit for a face is \(Self.faceByteLimit >> 20) MiB: export it smaller"
        )
        for face in Face.allCases {
            guard let name = files[face] else { continue }
            try stop.check()
            guard let contents = try contents(of: name, limit: Self.faceByteLimit, tooLarge: tooLarge, in: folder)
            else {
                continue
            }
            checks[face] = FaceCheck.check(name, contents, rules: rules, findings: &findings)
        }
        return checks
    }

    /// Checks that the folder has not changed during inspection.
    private func confirmUnchanged(_ folder: borrowing OpenFolder) throws(Interruption) {
        do throws(DropFolderError) {
            let entries = try folder.entries(ignoring: rules.ignore)
            let now = FolderSnapshot(inbox: snapshot.inbox, path: snapshot.path, entries: entries)
            guard now.stamp == snapshot.stamp else { throw DropFolderError.missing(path: snapshot.absolutePath) }
        } catch {
            throw Interruption(error)
        }
    }
}
