import DropFolder
import Foundation
import Inspection
import Station

/// Checks every position of an E57 file as the daemon would read it (`extract: here`).
///
/// Faces are written to a folder of the check's own, and removed after each position.
struct PositionCheck {
    let inspector: Inspector
    /// Of the file's inbox.
    let rules: FileRules
    let folder: CheckFolder
    /// Called before each position: which, and of how many.
    let progress: (_ position: Int, _ count: Int) -> Void

    private enum Opening: Sendable {
        case file(FileSnapshot, ScanSidecar)
        case verdict(FileVerdict)
    }

    /// The file with its positions; its verdict is another where it changed meanwhile.
    ///
    /// - Parameter report: Of a file that was accepted.
    func file(_ report: FileReport) async -> CheckedFile {
        var file = CheckedFile(report: report)
        let opening = await inspector.checkFile(stop: StopSignal()) { [rules] _ in Self.open(report, rules) }
        guard case .file(let snapshot, let sidecar) = opening else {
            if case .verdict(let verdict) = opening {
                file.report.verdict = verdict
            } else {
                file.report.verdict = .changed
            }
            return file
        }
        let listing = await inspector.positions(of: snapshot)
        switch listing.obstacle {
        case .changed: file.report.verdict = .changed
        case .unavailable(let error): file.report.verdict = .unavailable(error)
        case nil: if !listing.problems.isEmpty { file.report.verdict = .rejected(listing.problems) }
        }
        guard case .accepted = file.report.verdict else { return file }
        let store = ConvertedFaces(state: folder.path)
        let scan = ScanRules(sidecar: sidecar, store: store)
        var positions: [CheckedStation] = []
        for position in listing.positions {
            progress(position.number, listing.positions.count)
            let report = await inspector.inspect(
                position: position.number,
                of: snapshot,
                rules: rules.inspection,
                scan: scan
            )
            if case .accepted(let capture) = report.verdict, let place = capture.faces[.front]?.storedIn {
                store.discard(place)
            }
            positions.append(station(position, report, in: snapshot))
        }
        file.positions = positions
        return file
    }

    private func station(
        _ position: ScanListing.Position,
        _ report: InspectionReport,
        in snapshot: FileSnapshot
    ) -> CheckedStation {
        var report = report
        if case .incomplete(let problems) = report.verdict {
            report.verdict = .incomplete(problems.map(folder.words))
        }
        let above = snapshot.item.inbox == "/" ? "/" : snapshot.item.inbox + "/"
        let path = "\(above)\(snapshot.item.path)/\(position.stationID)"
        return CheckedStation(path: path, name: position.name, report: report)
    }

    /// Finds the file that was checked, with its sidecar; blocks.
    private static func open(_ report: FileReport, _ rules: FileRules) -> Opening {
        let snapshot: FileSnapshot
        do throws(DropFolderError) {
            snapshot = try FileSnapshot.take(report.item, ignoring: rules.inspection.ignore)
        } catch {
            return .verdict(.unavailable(error))
        }
        guard snapshot.stamp == report.stamp else { return .verdict(.changed) }
        switch ScanSidecar.read(of: snapshot) {
        case .read(let sidecar): return .file(snapshot, sidecar)
        case .changed: return .verdict(.changed)
        case .refused(let problems): return .verdict(.rejected(problems))
        case .unavailable(let error): return .verdict(.unavailable(error))
        }
    }
}
