import DropFolder
import Foundation
import Glibc
import Station

/// Writes and removes the reports of one station.
///
/// All calls block.
///
/// Through the descriptor of the parent folder and without following links, so that a hostile drop cannot have anything else
/// written or removed. A report appears whole or not at all.
struct ReportFile {
    /// An existing folder, and the way below it: for reports beside a station, the inbox and the station's parent.
    var root: String
    var parent: String
    /// The last component of the station's path.
    var station: String

    /// Why a report could not be written, as `errno` has it.
    struct Failure: Error {
        var code: Int32
        /// The folder can't be written by us, ever: reports go elsewhere.
        var isReadOnly: Bool { [EROFS, EACCES, EPERM].contains(code) }
    }

    func name(_ word: String) -> String { "\(station).\(word).txt" }

    /// Puts `report` in place of any other report of the station; nil removes them all.
    ///
    /// - Returns: The report's path; nil where there is none now.
    func put(_ report: CrewReport?) throws -> String? {
        let folder: OpenFolder
        do throws(DropFolderError) {
            folder = try OpenFolder.at(root: root, relativePath: parent)
        } catch {
            // With the folder gone, so are its reports.
            guard report != nil else { return nil }
            if case .noPermission = error { throw Failure(code: EACCES) }
            throw error
        }
        if let report { try write(report, in: folder) }
        for word in CrewReport.words where word != report?.word { try removeOwn(name(word), in: folder) }
        return report.map { [root, parent, name($0.word)].filter { !$0.isEmpty }.joined(separator: "/") }
    }

    private func write(_ report: CrewReport, in folder: borrowing OpenFolder) throws {
        // The prefix is one that the watcher ignores.
        let temporary = ".drop360-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).tmp"
        let descriptor = openat(
            folder.descriptor,
            temporary,
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            0o644
        )
        guard descriptor >= 0 else { throw Failure(code: errno) }
        var failure: Int32 = 0
        var bytes = Array(report.text.utf8)[...]
        while !bytes.isEmpty, failure == 0 {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 { bytes.removeFirst(written) } else if errno != EINTR { failure = errno }
        }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        close(descriptor)
        if failure == 0, renameat(folder.descriptor, temporary, folder.descriptor, name(report.word)) != 0 {
            failure = errno
        }
        guard failure == 0 else {
            unlinkat(folder.descriptor, temporary, 0)
            throw Failure(code: failure)
        }
    }

    /// Removes a report of ours; a file of the crew that only bears the name stays.
    private func removeOwn(_ name: String, in folder: borrowing OpenFolder) throws {
        let head: [UInt8]
        do throws(DropFolderError) {
            let file = try RegularFile(name, in: folder)
            head = try file.read(at: 0, count: CrewReport.signature.utf8.count)
        } catch {
            // Not there, no plain file, or not ours to read: not our report.
            return
        }
        guard head == Array(CrewReport.signature.utf8) else { return }
        guard unlinkat(folder.descriptor, name, 0) == 0 || errno == ENOENT else { throw Failure(code: errno) }
    }
}
