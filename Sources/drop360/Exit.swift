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
            say(error.message)
            return usage
        case let error as ConfigurationError:
            say(error.description)
            return configuration
        case let error as SecretError:
            say(error.description)
            return configuration
        case let error as CDFError:
            say(error.description)
            return error.remedy == .offline ? unreachable : refused
        default:
            say("\(error)")
            return refused
        }
    }

    /// One message on standard error.
    static func say(_ message: String) {
        put("drop360: " + message + "\n", to: STDERR_FILENO)
    }
}

/// An absolute path without `.`, `..` and doubled slashes; links are left as they are.
func absolute(_ path: String) -> String {
    let path = NSString(string: path).expandingTildeInPath
    return URL(fileURLWithPath: path).standardizedFileURL.path
}
