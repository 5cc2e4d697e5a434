package import Foundation
import Glibc

/// Reads the journal with `journalctl`, which knows its format and its permissions.
///
/// No shell is involved.
package enum Journal {
    /// Why nothing can be read.
    package struct Unreadable: Error, Equatable, CustomStringConvertible {
        package var description: String
    }

    package static let program = "/usr/bin/journalctl"

    /// The arguments that find the lines about one item, under its number and under its path.
    package static func arguments(number: Int64, path: String, most: Int) -> [String] {
        [
            "--output=json", "--all", "--no-pager", "--quiet", "--lines=\(most)", "SYSLOG_IDENTIFIER=drop360",
            "DROP360_STATION=\(number)", "+", "SYSLOG_IDENTIFIER=drop360", "DROP360_STATION=\(path)",
        ]
    }

    /// The last lines of drop360 altogether.
    package static func arguments(most: Int) -> [String] {
        ["--output=json", "--all", "--no-pager", "--quiet", "--lines=\(most)", "SYSLOG_IDENTIFIER=drop360"]
    }

    /// The lines that `journalctl` prints, the oldest first.
    package static func lines(
        _ arguments: [String],
        program: String = program
    ) async throws(Unreadable) -> [JournalLine] {
        let output = try await output(of: program, arguments)
        return output.split(separator: UInt8(ascii: "\n")).compactMap { JournalLine(json: Data($0)) }
    }

    /// What a program prints on standard output; it gets no input, and none of this process's environment.
    ///
    /// - Throws: ``Unreadable`` if it cannot be run, or fails.
    package static func output(of program: String, _ arguments: [String]) async throws(Unreadable) -> Data {
        guard access(program, X_OK) == 0 else { throw Unreadable(description: "There is no \(program) here.") }
        let result: Result<Data, Unreadable> = await withCheckedContinuation { done in
            // Reading blocks: on a thread of its own, not in the pool of tasks.
            Thread.detachNewThread { done.resume(returning: run(program, arguments)) }
        }
        return try result.get()
    }

    private static func run(_ program: String, _ arguments: [String]) -> Result<Data, Unreadable> {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        do {
            try process.run()
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            let words = try errors.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                let text = String(decoding: words.prefix(1000), as: UTF8.self)
                return .failure(Unreadable(description: "\(program) failed: \(text)"))
            }
            return .success(data)
        } catch {
            return .failure(Unreadable(description: "\(program) cannot be run: \(error.localizedDescription)"))
        }
    }
}
