import Foundation
import Glibc
import TestSupport
import Testing

@testable import Programs

/// Other programs, real ones.
struct ProgramRunTests {
    private func run(
        _ script: String,
        limit: Duration = .seconds(60),
        input: String = "{}",
        isStopping: () -> Bool = { false }
    ) throws -> (ending: ProgramRun.Ending, output: String) {
        let run = ProgramRun(["/bin/sh", "-c", script], limit: limit, keeping: .together(2000))
        let done = try run.run(input: Array(input.utf8), isStopping: isStopping)
        return (done.ending, String(decoding: done.output, as: UTF8.self))
    }

    /// Whoever adopted it may not have reaped it yet.
    private func ended(_ pid: Int32) async throws {
        _ = try await eventually("process \(pid) has ended") { () -> Bool? in
            // Without the file there is no such process.
            guard let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
            return state.contains(") Z ") ? true : nil
        }
    }

    @Test func `a program gets the message on its standard input, and nothing of the daemon's environment or files`()
        throws
    {
        setenv("DROP360_TEST_SECRET", "hush", 1)
        let open = Glibc.open("/etc/hostname", O_RDONLY)
        defer { close(open) }
        let (ending, output) = try run("cat; echo; env | sort; ls /proc/self/fd | wc -l; exit 3", input: "{\"a\":1}")
        #expect(ending == .exited(3))
        let lines = output.split(separator: "\n").map(String.init)
        #expect(lines.first == "{\"a\":1}")
        #expect(lines.contains("LANG=C.UTF-8"))
        #expect(!output.contains("hush"))
        #expect(!output.contains("CREDENTIALS"))
        // Its three, and the one by which `ls` reads the folder.
        #expect(lines.last?.trimmingCharacters(in: .whitespaces) == "4")
    }

    @Test func `a message larger than a pipe arrives whole, even if the program reads none of it at first`() throws {
        let body = String(repeating: "x", count: 300_000)
        #expect(try run("wc -c", input: body).output.trimmingCharacters(in: .whitespacesAndNewlines) == "300000")
        #expect(try run("exit 0", input: body).ending == .exited(0))
    }

    @Test func `words are passed as they are, without a shell`() throws {
        let words = ["/usr/bin/printf", "%s|", "a b", "$HOME", "`id`", "*"]
        let done = try ProgramRun(words, limit: .seconds(60), keeping: .together(2000)).run()
        #expect(String(decoding: done.output, as: UTF8.self) == "a b|$HOME|`id`|*|")
    }

    @Test func `a program that runs too long is ended with all that it started`() async throws {
        let folder = try TemporaryFolder()
        let (ending, output) = try run(
            "trap '' TERM; (trap '' TERM; echo $$ > \(folder.path)/outer; exec sleep 1000) & echo $! > \(folder.path)/inner; wait; sleep 1000",
            limit: .milliseconds(200)
        )
        #expect(ending == .ranTooLong)
        #expect(output.isEmpty)
        let inner = try String(contentsOfFile: folder.path + "/inner", encoding: .utf8)
        let pid = try #require(Int32(inner.trimmingCharacters(in: .whitespacesAndNewlines)))
        try await ended(pid)
    }

    @Test func `what a program leaves running ends with it`() async throws {
        let (ending, output) = try run("sleep 1000 & echo $!")
        #expect(ending == .exited(0))
        let pid = try #require(Int32(output.trimmingCharacters(in: .whitespacesAndNewlines)))
        try await ended(pid)
    }

    @Test func `of endless output only the start is kept`() throws {
        let (ending, output) = try run("yes", limit: .milliseconds(300))
        #expect(ending == .ranTooLong)
        #expect(output.utf8.count == 2000)
    }

    @Test func `output and errors are kept apart where both are large, and the start of each`() throws {
        let script = "head -c 500000 /dev/zero >&2; head -c 500000 /dev/zero | tr '\\0' x; echo end >&2"
        let done = try ProgramRun(["/bin/sh", "-c", script], limit: .seconds(60), keeping: .output(400_000)).run()
        #expect(done.ending == .exited(0))
        #expect(done.output.count == 400_000 && done.output.allSatisfy { $0 == UInt8(ascii: "x") } && done.isCut)
        #expect(done.errors.count == 2000 && done.errors.allSatisfy { $0 == 0 })
    }

    @Test func `a stop ends the program`() throws {
        #expect(try run("sleep 1000", isStopping: { true }).ending == .interrupted)
    }

    @Test func `a program that cannot be run says why`() {
        #expect(throws: ProgramRun.NotStarted.self) {
            try ProgramRun(["/nonexistent/tell-crew"], limit: .seconds(1), keeping: .output(10)).run()
        }
    }
}
