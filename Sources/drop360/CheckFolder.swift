import Foundation
import Glibc
import Inspection
import Station
import UnixSignals

/// A folder for the faces that a check makes, outside of inboxes and of the state directory.
struct CheckFolder {
    let path: String

    /// Makes it where the system keeps temporary files (`TMPDIR`); it is removed as well if the command is stopped by a signal.
    init() throws {
        let pattern = FileManager.default.temporaryDirectory.path + "/drop360-check-XXXXXX"
        var name = Array(pattern.utf8CString)
        guard mkdtemp(&name) != nil else {
            throw Unwritable(reason: String(cString: strerror(errno)), folder: pattern)
        }
        let made = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        path = made
        // Until the process ends: signals that were taken once are not given back.
        Task.detached {
            for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup) {
                Self.remove(made)
                _exit(128 + signal.rawValue)
            }
        }
    }

    func remove() { Self.remove(path) }

    private static func remove(_ path: String) {
        // It lies where the system removes what is left.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A problem that the daemon would have with its state directory, in words for a check.
    func words(_ problem: Problem) -> Problem {
        guard problem.code == ProblemCode.notConverted.rawValue else { return problem }
        return Problem(
            problem.code,
            "The faces of this position could not be written to \(printable(path)). Make room there, or set TMPDIR to another folder, and check "
                + "again."
        )
    }

    struct Unwritable: Error, CustomStringConvertible {
        var reason: String
        var folder: String

        var description: String {
            "Positions cannot be checked without a temporary folder, and \(printable(folder)) cannot be made: \(reason). Set TMPDIR to a folder "
                + "that you may write to."
        }
    }
}
