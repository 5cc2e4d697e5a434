package import Foundation
import Glibc
import Synchronization

/// Another process, started by a test: in a process group of its own, its output in two files.
///
/// What is left of the group is killed with the last reference: keep it in a `let` for as long as it must run.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Exit: Equatable, Sendable {
        case code(Int32)
        case signal(Int32)
    }

    /// Why a process could not be started.
    package struct NotStarted: Error, CustomStringConvertible {
        package let description: String
    }

    package let pid: pid_t
    private let outputPath: String
    private let errorPath: String
    private let end = Mutex<Exit?>(nil)

    /// Starts `executable` with standard output and error going to `<log>.out` and `<log>.err`, and empty standard input.
    ///
    /// - Parameters:
    ///   - executable: Absolute.
    ///   - arguments: Without the program's own name.
    ///   - environment: All of it; nothing is inherited.
    ///   - folder: Its working directory.
    ///   - log: The absolute path of the two files, without their extensions.
    package init(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String],
        in folder: String,
        log: String
    ) throws {
        (outputPath, errorPath) = (log + ".out", log + ".err")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, flags, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, flags, 0o644)
        // A connection that a child inherited would stay open after this process closed it.
        // (glibc's call that closes all of them is hidden from Swift; closing what is not open does no harm.)
        for descriptor in 3..<Int32(min(sysconf(Int32(_SC_OPEN_MAX)), 4096)) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        )
        var pid: pid_t = 0
        // `env` changes the folder and then becomes the program; glibc's way to do so is hidden from Swift.
        let env = "/usr/bin/env"
        let result = Self.withCStrings([env, "-C", folder, executable] + arguments) { words in
            Self.withCStrings(environment.map { "\($0)=\($1)" }) { variables in
                posix_spawn(&pid, env, &actions, &attributes, words, variables)
            }
        }
        guard result == 0 else {
            throw NotStarted(description: "\(executable) could not be started: \(String(cString: strerror(result)))")
        }
        self.pid = pid
    }

    deinit {
        kill(-pid, SIGKILL)
        if end.withLock({ $0 }) == nil { waitpid(pid, nil, 0) }
    }

    private static func withCStrings<Result>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }

    /// What it has written to standard output so far.
    package var output: String { Self.text(outputPath) }
    /// What it has written to standard error so far.
    package var errors: String { Self.text(errorPath) }
    /// Both, byte for byte.
    package var everythingPrinted: Data { Self.bytes(outputPath) + Self.bytes(errorPath) }

    private static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

    // A file that can't be read (removed with its folder) counts as empty, and the test then fails.
    private static func bytes(_ path: String) -> Data { (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data() }

    package func send(_ signal: Int32) { kill(pid, signal) }

    /// How it ended; nil while it runs.
    package var exit: Exit? {
        end.withLock { end in
            if end != nil { return end }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            let signal = status & 0x7F
            end = signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
            return end
        }
    }

    /// Waits until it has ended.
    @discardableResult
    package func ended(within limit: Duration = .seconds(180)) async throws -> Exit {
        try await eventually(
            "the end of process \(pid); it printed: \(output.suffix(500)) \(errors.suffix(3000))",
            within: limit
        ) {
            exit
        }
    }

    /// Waits until its standard error contains `words`, and returns all of it.
    ///
    /// Stops waiting when the process has ended.
    @discardableResult
    package func waitForLog(_ words: String, within limit: Duration = .seconds(180)) async throws -> String {
        let text = try await waitForLogOrEnd(words, within: limit)
        guard text.contains(words) else {
            throw NeverCame("the process ended without printing '\(words)': \(text.suffix(3000))")
        }
        return text
    }

    /// Waits until its standard error contains `words` or the process has ended, and returns all of it.
    ///
    /// For a process that may end before it prints them.
    @discardableResult
    package func waitForLogOrEnd(_ words: String, within limit: Duration = .seconds(180)) async throws -> String {
        try await eventually("'\(words)' in: \(errors.suffix(3000))", within: limit) {
            // Checked before the text is read, so that the last output counts.
            let isOver = exit != nil
            let text = errors
            return isOver || text.contains(words) ? text : nil
        }
    }
}
