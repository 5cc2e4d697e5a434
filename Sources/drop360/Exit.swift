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

    /// Prints an error for the operator and returns its exit code.
    static func code(for error: any Error) -> ExitCode {
        switch error {
        case let code as ExitCode: return code
        case let error as ValidationError:
            printError(error.message)
            return usage
        case let error as ConfigurationError:
            printError(error.description)
            return configuration
        case let error as SecretError:
            printError(error.description)
            return configuration
        case let error as UnusableSetting:
            printError(error.description)
            return configuration
        case let error as CDFError:
            printError(error.description)
            return error.remedy == .offline ? unreachable : refused
        default:
            printError("\(error)")
            return refused
        }
    }

    /// Prints a message on standard error.
    static func printNotice(_ message: String) { put(lines("drop360: " + message, priority: 6), to: STDERR_FILENO) }

    /// Prints why the command failed on standard error; the journal shows it as an error.
    static func printError(_ message: String) { put(lines("drop360: " + message, priority: 3), to: STDERR_FILENO) }

    /// `message` with a newline at the end; for the journal, each line begins with its priority.
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
