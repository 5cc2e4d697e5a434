import DropFolder
import Foundation
import Glibc
import Station

/// Writes and removes the reports of one station.
///
/// All calls block.
///
/// Through the descriptor of the parent folder and without following links, so that a hostile drop cannot cause anything else to be
/// written or removed. A report appears whole or not at all.
struct ReportFile: Equatable {
    /// An existing folder, and a path below it: for reports beside a station, the inbox and the station's parent.
    var root: String
    var parent: String
    /// The last component of the station's path.
    var station: String
    /// The folders are drop360's own, and are created where they are missing.
    var makesFolders = false

    /// Why a report could not be written, as an `errno`.
    struct Failure: Error, CustomStringConvertible {
        var code: Int32
        /// The folder can't be written by us, ever: reports go elsewhere.
        var isReadOnly: Bool { [EROFS, EACCES, EPERM].contains(code) }
        /// A file that is not ours has the report's name.
        var isTaken: Bool { code == EEXIST }

        var description: String {
            "The report could not be written: \(String(cString: strerror(code))). drop360 will try again."
        }
    }

    /// The report's file name; the end of a folder's name that leaves no room for it is replaced by 12 digits of a digest.
    ///
    /// Backslashes are replaced, too: Windows takes them for folder separators.
    func name(_ word: String) -> String {
        let ending = ".\(word).txt"
        let station = station.replacingOccurrences(of: "\\", with: "_")
        guard station != self.station || station.utf8.count + ending.utf8.count > Self.nameLimit else {
            return station + ending
        }
        let tail = "~" + ContentDigest(over: [self.station]).rawValue.prefix(12) + ending
        var head = ""
        for character in station {
            guard head.utf8.count + character.utf8.count + tail.utf8.count <= Self.nameLimit else { break }
            head.append(character)
        }
        return head + tail
    }

    /// Bytes in a file's name, on any file system that matters here.
    private static let nameLimit = 255

    /// The path of the report with this word.
    func path(_ word: String) -> String {
        [root, parent, name(word)].filter { !$0.isEmpty }.joined(separator: "/")
    }

    /// Writes `report` and removes any other report of the station; nil removes them all.
    ///
    /// - Returns: The report's path; nil where there is none now.
    func put(_ report: CrewReport?) throws -> String? {
        if makesFolders, report != nil {
            try FileManager.default.createDirectory(atPath: root + "/" + parent, withIntermediateDirectories: true)
        }
        let folder: OpenFolder
        do throws(DropFolderError) {
            folder = try OpenFolder.at(root: root, relativePath: parent)
        } catch {
            // If the folder is gone, so are its reports.
            guard report != nil else { return nil }
            if case .noPermission = error { throw Failure(code: EACCES) }
            throw error
        }
        var failure: Failure?
        if let report {
            do throws(Failure) { try write(report, in: folder) } catch { failure = error }
        }
        // Also where the new one could not be written: the old ones are no longer true.
        for word in CrewReport.words where word != report?.word { try removeOwn(name(word), in: folder) }
        if let failure { throw failure }
        return report.map { path($0.word) }
    }

    private func write(_ report: CrewReport, in folder: borrowing OpenFolder) throws(Failure) {
        guard standing(name(report.word), in: folder) != .foreign else { throw Failure(code: EEXIST) }
        // The prefix is one that the watcher ignores.
        // The same name each time, so that the next report replaces what a power cut left behind.
        let temporary = ".drop360-\(ContentDigest(over: [station]).rawValue.prefix(16)).tmp"
        unlinkat(folder.descriptor, temporary, 0)
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
        // The ledger, perhaps on another disk, is about to record that it exists. Not every file system supports this.
        if failure == 0 { fsync(folder.descriptor) }
        guard failure == 0 else {
            unlinkat(folder.descriptor, temporary, 0)
            throw Failure(code: failure)
        }
    }

    /// Removes a report of ours; a file of the crew with the same name stays.
    private func removeOwn(_ name: String, in folder: borrowing OpenFolder) throws(Failure) {
        guard standing(name, in: folder) == .own else { return }
        guard unlinkat(folder.descriptor, name, 0) == 0 || errno == ENOENT else { throw Failure(code: errno) }
    }

    private enum Standing { case nothing, own, foreign }

    /// What has the name of a report now.
    ///
    /// Only a plain file that begins as our reports do is ours.
    private func standing(_ name: String, in folder: borrowing OpenFolder) -> Standing {
        do throws(DropFolderError) {
            let file = try RegularFile(name, in: folder)
            let head = try file.read(at: 0, count: CrewReport.signature.utf8.count)
            return head == Array(CrewReport.signature.utf8) ? .own : .foreign
        } catch {
            if case .missing = error { return .nothing }
            return .foreign
        }
    }
}
