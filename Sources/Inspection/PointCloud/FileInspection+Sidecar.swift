package import DropFolder
package import Station

/// What became of reading the sidecar of an E57 file.
package enum ScanSidecarOutcome: Equatable, Sendable {
    /// Empty where there is none.
    case read(ScanSidecar)
    /// It, or the file that it belongs to, is no longer what was found.
    case changed
    case refused([Problem])
    case unavailable(DropFolderError)
}

extension ScanSidecar {
    /// Reads the sidecar of a file that was found, for its positions; blocks.
    package static func read(of snapshot: FileSnapshot) -> ScanSidecarOutcome {
        var findings = FileFindings(file: snapshot.name)
        do throws(Interruption) {
            let sidecar = try FileInspection.readSidecar(of: snapshot, StopSignal(), &findings)
            return findings.problems.isEmpty ? .read(sidecar) : .refused(findings.problems)
        } catch {
            if case .unavailable(let reason) = error { return .unavailable(reason) }
            return .changed
        }
    }
}

extension FileInspection {
    /// Reads the sidecar; what is wrong with it goes into `findings`.
    static func readSidecar(
        of snapshot: FileSnapshot,
        _ stop: StopSignal,
        _ findings: inout FileFindings
    ) throws(Interruption) -> ScanSidecar {
        guard let expected = snapshot.sidecar else { return ScanSidecar() }
        let name = expected.name
        guard expected.stamp.kind == .file else {
            let words =
                "\(printable(name)) is \(expected.stamp.kind.words), not a regular file, and was not opened: replace it with the file itself."
            findings.refuse([Problem(.notAFile, words, file: name)], mayBeUnfinished: false)
            return ScanSidecar()
        }
        try compareSidecar(of: snapshot)
        let folder = try self.folder(of: snapshot)
        switch try FileContents.read(name, in: folder, limit: Int64(SidecarReader.sizeLimit), stop: stop) {
        case .whole(let contents):
            let reading = ScanSidecarReader.read(contents.bytes, file: name)
            findings.refuse(reading.problems, mayBeUnfinished: reading.mayBeUnfinished)
            findings.notes += reading.notes
            return reading.sidecar
        case .tooLarge(let size):
            let words =
                "\(printable(name)) is \(size) bytes, and the limit is \(SidecarReader.sizeLimit): it is probably not the sidecar. Rename or remove it."
            findings.refuse([Problem(.sidecarTooLarge, words, file: name)], mayBeUnfinished: false)
        case .noPermission:
            let words = "drop360 has no permission to read \(printable(name)). Give it permission (`chmod a+r`)."
            findings.wait(for: Problem(.noPermission, words, file: name))
        case .notRegular: throw .changed
        }
        return ScanSidecar()
    }

    /// Sees that the sidecar is still what was found, or still is not there.
    ///
    /// - Parameter rules: What is ignored never is a sidecar.
    static func compareSidecar(
        of snapshot: FileSnapshot,
        ignoring rules: IgnoreRules = IgnoreRules()
    ) throws(Interruption) {
        let folder = try folder(of: snapshot)
        let name = snapshot.sidecarName
        var now: FileStamp?
        do throws(DropFolderError) {
            now = try folder.stamp(of: name)
        } catch {
            guard case .missing = error else { throw Interruption(error) }
        }
        guard let expected = snapshot.sidecar?.stamp else {
            guard let now, snapshot.name.lowercased().hasSuffix(".e57") else { return }
            if rules.role(of: name, kind: now.kind) != .junk { throw .changed }
            return
        }
        guard now?.sameContent(as: expected) == true else { throw .changed }
    }

    private static func folder(of snapshot: FileSnapshot) throws(Interruption) -> OpenFolder {
        let above = snapshot.item.path.split(separator: "/").dropLast().joined(separator: "/")
        do throws(DropFolderError) {
            return try OpenFolder.at(root: snapshot.item.inbox, relativePath: above)
        } catch {
            throw Interruption(error)
        }
    }
}
