import Foundation
import Glibc
import Ledger
import Logging
import NIOPosix
import Station

// Reports that someone has removed.
extension Reporter {
    /// Between two checks: ten seconds, and more where there are thousands of reports.
    static func pauseBetweenLooks(at reports: Int) -> Duration { max(.seconds(10), .milliseconds(10) * reports) }

    /// Has missing reports written again if they say what a crew still has to do; `UPLOADED` asks for nothing, and
    /// a crew may remove it.
    ///
    /// - Returns: How many reports there are.
    func noteMissing() async -> Int {
        do {
            let reports = try await ledger.openReports()
            let missing = try await thread.runIfActive { reports.filter(Self.isMissing) }
            for report in missing { try await ledger.reportIsMissing(report.id, at: report.path) }
            return reports.count
        } catch is CancellationError {
            // Shutting down.
        } catch {
            logger.error("could not check whether reports are still there", metadata: ["error": "\(error)"])
        }
        return 0
    }

    /// Whether a report is gone while the folder it is about is there: a disk that is not mounted has lost no report.
    private static func isMissing(_ report: OpenReport) -> Bool {
        guard !exists(report.path), errno == ENOENT else { return false }
        guard report.folder.hasSuffix("/") else { return exists(report.folder) }
        // No folder of its own: the one that it is in must hold something.
        let parent = (report.folder as NSString).deletingLastPathComponent
        // What cannot be listed counts as absent for now.
        return (try? FileManager.default.contentsOfDirectory(atPath: parent).isEmpty) == false
    }

    private static func exists(_ path: String) -> Bool {
        faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0
    }
}
