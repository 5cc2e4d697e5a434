import Foundation
import Station

/// The places for the report of one station, the best one first: beside its folder, in the top folder of the inbox, in the state directory.
///
/// All calls block.
struct ReportPlaces {
    /// Where a report went.
    struct Written {
        /// Its path; nil where there is none now.
        var path: String?
        /// The folder it was written to because it could not be written where it belongs; nil where it could.
        var elsewhere: String?
        /// Why it could not be written where it belongs.
        var cause: ReportFile.Failure?
    }

    private let files: [ReportFile]

    /// - Parameters:
    ///   - inbox: The inbox's path.
    ///   - path: The station's path below it.
    ///   - directory: The folder for all reports of the inbox; nil to put them beside the stations.
    ///   - own: The folder in the state directory for reports that cannot be written in the inbox.
    init(inbox: String, path: String, directory: String?, own: String) {
        var components = path.split(separator: "/").map(String.init)
        let station = components.removeLast()
        let parent = components.joined(separator: "/")
        if let directory {
            files = [ReportFile(root: directory, parent: parent, station: station, makesFolders: true)]
            return
        }
        var files = [ReportFile(root: inbox, parent: parent, station: station)]
        if !parent.isEmpty {
            files.append(ReportFile(root: inbox, parent: "", station: Self.flatName(of: path)))
        }
        files.append(ReportFile(root: own, parent: parent, station: station, makesFolders: true))
        self.files = files
    }

    /// The name for a station in a folder that holds reports of stations from many folders: `site/st-1` is `site_st-1~3fa9c1`.
    ///
    /// The digits keep `a_b/c` and `a/b_c` apart, and both from a station that has this very name.
    static func flatName(of path: String) -> String {
        path.replacingOccurrences(of: "/", with: "_") + "~" + ContentDigest(over: [path]).rawValue.prefix(6)
    }

    /// Writes the report in the best place that can be written, and removes it elsewhere; nil removes it everywhere.
    ///
    /// - Parameters:
    ///   - report: The new report.
    ///   - before: The path of the station's current report.
    func put(_ report: CrewReport?, before: String?) throws -> Written {
        var cause: ReportFile.Failure?
        for (index, file) in files.enumerated() {
            do {
                let path = try file.put(report)
                try removeFormer(before, but: file)
                return Written(path: path, elsewhere: index > 0 && path != nil ? file.root : nil, cause: cause)
            } catch let failure as ReportFile.Failure
                where (failure.isReadOnly || failure.isTaken) && index < files.count - 1
            {
                // That folder, or the name in it, is not ours to write: try the next one.
                cause = cause ?? failure
            }
        }
        return Written(path: nil, elsewhere: nil, cause: cause)
    }

    /// A report in another place than the new one is no longer true.
    private func removeFormer(_ before: String?, but file: ReportFile) throws {
        for other in files where other != file && CrewReport.words.contains(where: { other.path($0) == before }) {
            do {
                _ = try other.put(nil)
            } catch let failure as ReportFile.Failure where failure.isReadOnly {
                // It could be written once and cannot be removed now: the new report is what counts.
            }
        }
    }
}
