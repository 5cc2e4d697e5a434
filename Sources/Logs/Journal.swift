package import Foundation
import Glibc
import Programs

/// Reads the journal with `journalctl`, which knows its format and its permissions.
///
/// No shell is involved.
package enum Journal {
    /// Why nothing can be read.
    package struct Unreadable: Error, Equatable, CustomStringConvertible {
        package var description: String
    }

    package static let program = "/usr/bin/journalctl"

    /// A journal on a slow disk may take long to search; a command that hangs is worse than one that says so.
    package static let limit = Duration.seconds(60)
    /// What is kept of the output, in bytes.
    private static let most = 32 << 20

    /// The arguments that find the lines about one item, under its number and under its path.
    package static func arguments(number: Int64, path: String, most: Int) -> [String] {
        [
            "--output=json", "--all", "--no-pager", "--quiet", "--reverse", "--lines=\(most)",
            "SYSLOG_IDENTIFIER=drop360",
            "DROP360_STATION=\(number)", "+", "SYSLOG_IDENTIFIER=drop360", "DROP360_STATION=\(path)",
        ]
    }

    /// The last lines of drop360 altogether.
    package static func arguments(most: Int) -> [String] {
        [
            "--output=json", "--all", "--no-pager", "--quiet", "--reverse", "--lines=\(most)",
            "SYSLOG_IDENTIFIER=drop360",
        ]
    }

    /// The lines that `journalctl` prints, the oldest first.
    ///
    /// It is asked for the newest first: where there are too many, the oldest are missing.
    package static func lines(
        _ arguments: [String],
        program: String = program
    ) async throws(Unreadable) -> [JournalLine] {
        let output = try await output(of: program, arguments)
        return output.split(separator: UInt8(ascii: "\n")).compactMap { JournalLine(json: Data($0)) }.reversed()
    }

    /// The start of what a program prints on standard output; it gets no input, and none of this process's environment.
    ///
    /// - Throws: ``Unreadable`` if it cannot be run, fails, or does not end in time.
    package static func output(
        of program: String,
        _ arguments: [String],
        limit: Duration = limit
    ) async throws(Unreadable) -> Data {
        guard access(program, X_OK) == 0 else { throw Unreadable(description: "There is no \(program) here.") }
        let run = ProgramRun([program] + arguments, limit: limit, keeping: .output(most))
        let result: Result<ProgramRun.Outcome, ProgramRun.NotStarted> = await withCheckedContinuation { done in
            // It blocks: on a thread of its own, not in the pool of tasks.
            Thread.detachNewThread {
                done.resume(returning: Result { () throws(ProgramRun.NotStarted) in try run.run() })
            }
        }
        switch result {
        case .failure(let error): throw Unreadable(description: "\(program) cannot be run: \(error.words).")
        case .success(let done):
            guard done.ending != .exited(0) else { return Data(done.output) }
            if done.ending == .ranTooLong {
                let seconds = limit.components.seconds
                throw Unreadable(description: "\(program) did not finish within \(seconds) s and was ended.")
            }
            let words = String(decoding: done.errors, as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            throw Unreadable(description: "\(program) failed: \(words.isEmpty ? "it said nothing" : words)")
        }
    }
}
