package import DropFolder
import E57
package import Station

/// Decides whether an E57 file, or a zip of E57 files, can be delivered; reads it once.
///
/// A file is ready by its content: the header's own length, the checksum of every page, and the same stamp before and after. What the points
/// are is CDF's business.
package struct FileInspection: Sendable {
    let snapshot: FileSnapshot
    let rules: FileRules

    /// - Parameters:
    ///   - snapshot: The file that was found; another one in its place is not inspected.
    ///   - rules: Of its inbox.
    package init(_ snapshot: FileSnapshot, rules: FileRules) {
        self.snapshot = snapshot
        self.rules = rules
    }

    /// Reads the whole file, a mebibyte at a time; blocks.
    ///
    /// - Parameters:
    ///   - stop: Ends it between two pieces.
    ///   - progress: Called with the bytes read so far and of how many, after each mebibyte.
    /// - Returns: Nil where it was stopped.
    package func report(
        stop: StopSignal = StopSignal(),
        progress: (_ done: Int64, _ size: Int64) -> Void = { _, _ in }
    ) -> FileReport? {
        do throws(Interruption) {
            return try inspect(stop, progress)
        } catch {
            switch error {
            case .stopped: return nil
            case .changed, .heavy: return report(.changed)
            case .unavailable(let reason): return report(.unavailable(reason))
            }
        }
    }

    /// Inspects whatever is at a path now; blocks.
    ///
    /// - Parameters:
    ///   - item: Links are followed up to its inbox, and none below it.
    ///   - rules: Of its inbox.
    ///   - progress: As for ``report(stop:progress:)``.
    package static func report(
        on item: ItemPath,
        rules: FileRules,
        progress: (_ done: Int64, _ size: Int64) -> Void = { _, _ in }
    ) -> FileReport {
        do throws(DropFolderError) {
            let snapshot = try FileSnapshot.take(item, ignoring: rules.inspection.ignore)
            let inspection = FileInspection(snapshot, rules: rules)
            return inspection.report(progress: progress) ?? inspection.report(.changed)
        } catch {
            let verdict = unopened(error, name: item.path.split(separator: "/").last.map(String.init) ?? "")
            return FileReport(item, kind: rules.kind, verdict: verdict)
        }
    }

    private func report(_ verdict: FileVerdict, notes: [Problem] = [], site: String? = nil) -> FileReport {
        let site = site ?? rules.inspection.site?.id
        return FileReport(snapshot, kind: rules.kind, verdict: verdict, notes: notes, site: site)
    }

    private func inspect(_ stop: StopSignal, _ progress: (Int64, Int64) -> Void) throws(Interruption) -> FileReport {
        let file: RegularFile
        do throws(DropFolderError) {
            file = try RegularFile(at: snapshot.item)
        } catch {
            if case .missing = error { throw .changed }
            return report(Self.unopened(error, name: snapshot.name))
        }
        guard file.stamp.sameContent(as: snapshot.fileStamp) else { throw .changed }
        var findings = FileFindings(file: snapshot.name)
        let sidecar = try Self.readSidecar(of: snapshot, stop, &findings)
        let identity = findings.attempt { () throws(FileRefusal) in
            try FileIdentity(snapshot.item, sidecar: sidecar, rules: rules.inspection)
        }
        let content = try isArchive ? archive(file, stop, progress, &findings) : scan(file, stop, progress, &findings)
        guard let content else { return report(.leftAlone) }
        // A file that is being written looks damaged as well.
        try compareStamps(of: file)
        guard findings.problems.isEmpty, let identity, case .whole(let digest, let positions) = content else {
            let site = identity?.siteID ?? sidecar.siteID ?? rules.inspection.site?.id
            return findings.report(snapshot, kind: rules.kind, site: site)
        }
        let accepted = self.content(digest, identity, sidecar, positions: positions)
        return report(.accepted(accepted), notes: findings.notes, site: identity.siteID)
    }

    private var isArchive: Bool { snapshot.name.lowercased().hasSuffix(".zip") }

    // MARK: What cannot be opened

    private static func unopened(_ error: DropFolderError, name: String) -> FileVerdict {
        switch error {
        case .missing, .unavailable: return .unavailable(error)
        case .noPermission:
            return .incomplete([
                Problem(
                    .noPermission,
                    "drop360 has no permission to read the file. Give it permission (`chmod a+r`).",
                    file: name
                )
            ])
        case .notRegular(let path, let kind):
            let words =
                path.hasSuffix("/" + name)
                ? "This is \(kind.words), not a regular file. Replace it with the file itself."
                : "\(printable(path)) is \(kind.words), and drop360 follows no links below an inbox. Put the folder itself in its place."
            return .rejected([Problem(.notAFile, words, file: name)])
        }
    }

    /// Throws where the file or its sidecar is no longer what was found.
    private func compareStamps(of file: borrowing RegularFile) throws(Interruption) {
        let now: FileStamp
        do throws(DropFolderError) { now = try file.currentStamp() } catch { throw Interruption(error) }
        guard now.sameContent(as: snapshot.fileStamp) else { throw .changed }
        try Self.compareSidecar(of: snapshot, ignoring: rules.inspection.ignore)
    }

    // MARK: What it says

    /// Reads an E57 file; what is wrong goes into `findings`.
    private func scan(
        _ file: borrowing RegularFile,
        _ stop: StopSignal,
        _ progress: (Int64, Int64) -> Void,
        _ findings: inout FileFindings
    ) throws(Interruption) -> FileContent? {
        let head = try read(file, count: FileKind.headLength)
        do throws(FileRefusal) {
            try refuseOtherKinds(FileKind.of(head))
            do throws(E57Error) {
                _ = try E57Header(Array(head.prefix(E57Header.length)), size: file.stamp.size)
            } catch {
                throw FileRefusal(error)
            }
        } catch {
            findings.refuse(error)
            return .unreadable
        }
        // All that is known to be wrong is said first: reading the whole may take minutes.
        guard findings.problems.isEmpty else { return .unreadable }
        switch try WholeFile.readE57(file, stop: stop, progress: progress) {
        case .refused(let refusal):
            findings.refuse(refusal)
            return .unreadable
        case .whole(let digest):
            return .whole(digest, positions: try positions(&findings))
        }
    }

    private func refuseOtherKinds(_ kind: FileKind) throws(FileRefusal) {
        switch kind {
        case .zeros:
            throw FileRefusal(
                .e57Damaged,
                "The file begins with zeros instead of a header. Let the copy finish, or copy the file again.",
                mayBeUnfinished: true
            )
        case .foreign("a ZIP archive"):
            throw FileRefusal(
                .e57Format,
                "This is a ZIP archive with the name of an E57 file. "
                    + (rules.extraction == .here
                        ? "Unpack it, and remove it." : "Rename it to end in .zip, or unpack it.")
            )
        case .foreign("an E57 point cloud"), .unknown: return
        case .foreign(let words):
            throw FileRefusal(.e57Format, "This is \(words) with the name of an E57 file. Export it as E57.")
        case .jpeg, .png:
            throw FileRefusal(.e57Format, "This is a picture with the name of an E57 file. Export it as E57.")
        case .appleDouble: return
        }
    }

    /// Reads an archive; nil where it holds other things and concerns nobody.
    private func archive(
        _ file: borrowing RegularFile,
        _ stop: StopSignal,
        _ progress: (Int64, Int64) -> Void,
        _ findings: inout FileFindings
    ) throws(Interruption) -> FileContent? {
        let head = try read(file, count: 512)
        switch try ArchiveJudgement.judge(file, head: head) {
        case .other:
            guard snapshot.isHindrance else { return nil }
            findings.replaceAll(by: archiveHindrance)
            return .unreadable
        case .refused(let refusal):
            findings.refuse(refusal)
            return .unreadable
        case .scans(let members):
            if rules.extraction == .here {
                let words =
                    "The archive holds E57 files, and drop360 does not read panoramas inside an archive. Unpack it, and remove it."
                findings.refuse(FileRefusal(.archive, words))
            }
            guard findings.problems.isEmpty else { return .unreadable }
            switch try WholeFile.readArchive(file, of: members, stop: stop, progress: progress) {
            case .refused(let refusal):
                findings.refuse(refusal)
                return .unreadable
            case .whole(let digest): return .whole(digest, positions: 0)
            }
        }
    }

    /// What is said of any other archive.
    private var archiveHindrance: Problem {
        Hindrance(kind: .archive, inbox: snapshot.item.inbox, path: snapshot.item.path, names: [snapshot.name]).problem
    }

    private func read(_ file: borrowing RegularFile, count: Int) throws(Interruption) -> [UInt8] {
        do throws(DropFolderError) { return try file.read(at: 0, count: count) } catch { throw Interruption(error) }
    }

    // MARK: What becomes of it

    private func content(
        _ file: FileDigest,
        _ identity: FileIdentity,
        _ sidecar: ScanSidecar,
        positions: Int
    ) -> ItemContent {
        switch rules.extraction {
        case .cdf(let model):
            .pointCloud(
                PointCloud(
                    name: identity.name,
                    size: snapshot.size,
                    fileDigest: file,
                    digest: ContentDigest(pointCloud: file),
                    externalID: ExternalIDs.pointCloud(
                        prefix: rules.inspection.externalIDPrefix,
                        siteID: identity.siteID,
                        name: identity.name
                    ),
                    siteID: identity.siteID,
                    model: model
                )
            )
        case .here:
            .scan(
                Scan(
                    name: identity.name,
                    size: snapshot.size,
                    fileDigest: file,
                    digest: ContentDigest(scan: file, identity, sidecar, rules.inspection),
                    positions: positions
                )
            )
        }
    }
}
