import Foundation
import TestSupport
import Testing

/// What commands show all the time, and what they pack.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct WatchJourneyTests {
    @Test func `status --watch prints a line for each change, without a daemon and with one`() async throws {
        let site = try await Site()
        try site.drop("one", .init(seed: 1))
        try await site.deliverAll()
        let lines = try site.start(["status", "--watch", "--config", site.configuration])
        let objects = try site.start(["status", "--watch", "--json", "--config", site.configuration])
        _ = try await eventually("the watch says that no daemon runs", every: .milliseconds(50)) {
            lines.output.contains("daemon not running · 1 registered") ? true : nil
        }
        let daemon = try site.startDaemon()
        try site.drop("two", .init(seed: 2, stationID: "two"))
        _ = try await eventually("the watch shows the delivery: \(daemon.errors)", every: .milliseconds(50)) {
            lines.output.contains("online · 2 registered") && objects.output.contains(#""registered":2"#) ? true : nil
        }
        for watch in [lines, objects] {
            watch.send(SIGINT)
            #expect(try await watch.ended() == .code(0), "\(watch.errors)")
        }
        // One object is one line, and no line repeats the one before.
        for line in objects.output.split(separator: "\n") {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
        }
        let shown = lines.output.split(separator: "\n").map { $0.dropFirst(20) }
        #expect(zip(shown, shown.dropFirst()).allSatisfy { $0 != $1 })
        #expect(!lines.everythingPrinted.contains(0x1B))
        try await site.stop(daemon)
    }

    @Test func `logs always tells what the ledger knows, and where else to look`() async throws {
        let site = try await Site()
        try site.drop("one", .init(seed: 1))
        try await site.deliverAll()
        let text = try await site.run("logs", "inbox/one", "--config", site.configuration)
        #expect(text.exit == .code(0))
        #expect(text.output.contains("ledger   Registered: its image is in CDF."))
        let facts = try await site.run("logs", "1", "--json", "--config", site.configuration).facts()
        #expect(facts["lines"].list.contains { $0["source"].text == "ledger" })
        #expect(facts["station"].int == 1)
    }

    @Test func `every option has help, and man pages can be read, and fish and zsh complete what is typed`()
        async throws
    {
        let folder = try TemporaryFolder()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        func run(_ arguments: [String]) async throws -> (ChildProcess.Exit, String) {
            let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
            let child = try ChildProcess(
                "/usr/bin/env",
                arguments,
                environment: environment,
                in: folder.path,
                log: folder.path("run")
            )
            return (try await child.ended(), child.output + child.errors)
        }
        let made = try await run([root + "/scripts/manuals", folder.path, try Drop360.path()])
        #expect(made.0 == .code(0), "\(made.1)")
        let checked = try await run(["bash", "-n", folder.path("completions/drop360.bash")])
        #expect(checked.0 == .code(0), "\(checked.1)")
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path("man1"))
        #expect(pages.contains("drop360.1") && pages.contains("drop360-explain.1"))
        // In real shells, as far as they are installed.
        let typed = try await run([root + "/.ci/completions", try Drop360.path()])
        #expect(typed.0 == .code(0), "\(typed.1)")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/groff") else { return }
        for page in pages {
            let words = try await run(["groff", "-man", "-Tutf8", "-ww", "-z", folder.path("man1/" + page)])
            #expect(words.0 == .code(0) && words.1.isEmpty, "\(page): \(words.1)")
        }
    }
}
