import ArgumentParser
import CDF
import ConfigFile
import Foundation
import Glibc
import Ledger
import Station

/// The exit codes of `design.md`; systemd does not restart on the last one.
enum Exit {
    static let refused = ExitCode(1)
    static let usage = ExitCode(64)
    static let unreachable = ExitCode(69)
    static let configuration = ExitCode(78)

    /// Says an error to the operator and gives the exit code that goes with it.
    static func code(for error: any Error) -> ExitCode {
        switch error {
        case let code as ExitCode: return code
        case let error as ValidationError:
            complain(error.message)
            return usage
        case let error as ConfigurationError:
            complain(error.description)
            return configuration
        case let error as SecretError:
            complain(error.description)
            return configuration
        case let error as UnusableSetting:
            complain(error.description)
            return configuration
        case let error as CDFError:
            complain(error.description)
            return error.remedy == .offline ? unreachable : refused
        default:
            complain("\(error)")
            return refused
        }
    }

    /// One message on standard error.
    static func say(_ message: String) { put(lines("drop360: " + message, priority: 6), to: STDERR_FILENO) }

    /// Why the command ends without having done its work, on standard error: an error in the journal.
    static func complain(_ message: String) { put(lines("drop360: " + message, priority: 3), to: STDERR_FILENO) }

    /// `message` with a newline at the end; in the journal each line has its priority in front.
    static func lines(_ message: String, priority: Int) -> String {
        guard OperatorOutput.isJournal(ProcessInfo.processInfo.environment["JOURNAL_STREAM"]) else {
            return message + "\n"
        }
        return message.split(separator: "\n", omittingEmptySubsequences: false).map { "<\(priority)>\($0)\n" }.joined()
    }
}

/// An absolute path without `.`, `..` and doubled slashes; links are left as they are.
func absolute(_ path: String) -> String {
    let path = NSString(string: path).expandingTildeInPath
    return URL(fileURLWithPath: path).standardizedFileURL.path
}
