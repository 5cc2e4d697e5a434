import Foundation
import Glibc

/// One run of another program, with a time limit and bounded output.
///
/// It blocks: never on the cooperative pool.
///
/// No shell, no environment of the daemon's, no other file of its, a process group of its own that is killed at the end.
package struct ProgramRun: Sendable {
    package enum Ending: Equatable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
        case ranTooLong
        /// The caller wanted no more of it.
        case interrupted
    }

    /// It could not be started, in words.
    package struct NotStarted: Error { package var words: String }

    /// How it ended, and what it wrote.
    package struct Outcome: Sendable {
        package var ending: Ending
        /// The start of its standard output.
        package var output: [UInt8]
        /// Whether it wrote more than that.
        package var isCut: Bool
        /// The start of its standard error; empty where both are kept together.
        package var errors: [UInt8]
    }

    /// What is kept of what it writes, in bytes.
    package enum Keeping: Equatable, Sendable {
        /// Standard output and standard error in one.
        case together(Int)
        /// So much of standard output, and the start of standard error.
        case output(Int)
    }

    private let words: [String]
    private let limit: Duration
    private let keeping: Keeping

    /// - Parameters:
    ///   - words: The absolute path of the program, and its arguments.
    ///   - limit: It is ended after this time.
    ///   - keeping: What is kept of what it writes.
    package init(_ words: [String], limit: Duration, keeping: Keeping) {
        self.words = words
        self.limit = limit
        self.keeping = keeping
    }

    /// The whole environment: no secret, no credentials directory, no socket of systemd.
    static let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]

    private static let mostErrors = 2000

    /// Between SIGTERM and SIGKILL.
    private static let grace = Duration.seconds(2)

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - input: What it reads.
    ///   - isStopping: Called several times a second; true ends it.
    package func run(input: [UInt8] = [], isStopping: () -> Bool = { false }) throws(NotStarted) -> Outcome {
        let stdin = try Self.pipe()
        var open = [stdin]
        do throws(NotStarted) {
            let stdout = try Self.pipe()
            open.append(stdout)
            var stderr = stdout
            let outputs: [(reading: Int32, limit: Int)]
            switch keeping {
            case .together(let limit): outputs = [(stdout.reading, limit)]
            case .output(let limit):
                stderr = try Self.pipe()
                open.append(stderr)
                outputs = [(stdout.reading, limit), (stderr.reading, Self.mostErrors)]
            }
            let child = try start(stdin: stdin.reading, output: stdout.writing, errors: stderr.writing)
            for descriptor in [stdin.reading] + open.dropFirst().map(\.writing) { close(descriptor) }
            var pipes = ProgramPipes(input: input, to: stdin.writing, outputs: outputs)
            defer { pipes.close() }
            let ending = wait(for: child, &pipes, isStopping: isStopping)
            let written = pipes.written
            return Outcome(
                ending: ending,
                output: written[0].bytes,
                isCut: written[0].isCut,
                errors: written.count > 1 ? written[1].bytes : []
            )
        } catch {
            for pipe in open { for descriptor in [pipe.reading, pipe.writing] { close(descriptor) } }
            throw error
        }
    }

    private static func pipe() throws(NotStarted) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw failed("a pipe cannot be made") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func failed(_ what: String, _ error: Int32 = errno) -> NotStarted {
        NotStarted(words: "\(what): \(String(cString: strerror(error)))")
    }

    private func start(stdin: Int32, output: Int32, errors: Int32) throws(NotStarted) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // The ledger, sockets, inotify: whatever was opened without close-on-exec. (glibc's call that closes all of them is hidden from
        // Swift; closing what is not open does no harm.)
        for descriptor in 3..<Int32(min(sysconf(Int32(_SC_OPEN_MAX)), 16384)) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        )
        var child: pid_t = 0
        let error = Self.withCStrings(words) { arguments in
            Self.withCStrings(Self.environment) { environment in
                posix_spawn(&child, words[0], &actions, &attributes, arguments, environment)
            }
        }
        guard error == 0 else { throw Self.failed("it cannot be started", error) }
        return child
    }

    private static func withCStrings<Result>(
        _ texts: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }

    private func wait(for child: pid_t, _ pipes: inout ProgramPipes, isStopping: () -> Bool) -> Ending {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var early: Ending?
        var killAt: ContinuousClock.Instant?
        while !Self.hasEnded(child) {
            if early == nil {
                if clock.now >= deadline { early = .ranTooLong } else if isStopping() { early = .interrupted }
                if early != nil {
                    kill(-child, SIGTERM)
                    killAt = clock.now + Self.grace
                }
            } else if let killAt, clock.now >= killAt {
                kill(-child, SIGKILL)
            }
            pipes.move(within: 50)
        }
        // Before it is reaped: until then nobody else can have its number.
        kill(-child, SIGKILL)
        pipes.move(within: 0)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return early ?? (signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal))
    }

    private static func hasEnded(_ child: pid_t) -> Bool {
        var info = siginfo_t()
        let answer = waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT)
        return answer != 0 ? errno != EINTR : info._sifields._sigchld.si_pid == child
    }
}
