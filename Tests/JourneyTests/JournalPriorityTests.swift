import Foundation
import Glibc
import TestSupport
import Testing

/// What journald makes of what ends a start.
@Suite(.timeLimit(.minutes(15)))
struct JournalPriorityTests {
    @Test(arguments: [
        ["run", "--config", "bad.yaml"], ["run", "--config", "nowhere.yaml"], ["run", "--config", "noca.yaml"],
        ["run", "--config", "nosecret.yaml"], ["run", "--config", "good.yaml", "--until-idel"],
        ["run", "--sandbox", "--config", "x"],
    ])
    func `what keeps drop360 from starting is an error in the journal, line by line`(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let good = """
            version: 1
            cognite:
              host: https://c.example.com
              project: plant
              idp-authentication: {tenant: t, client-id: c, secret: s}
            target: {space: plant}
            state: \(folder.path("state"))
            inboxes: [{path: \(folder.path("inbox"))}]

            """
        try folder.write(good, to: "good.yaml")
        try folder.write(
            good.replacing("secret: s", with: "secrt: s").replacing("space:", with: "spce:"),
            to: "bad.yaml"
        )
        try folder.write(good.replacing("secret: s", with: "secret-file: /nowhere/s"), to: "nosecret.yaml")
        try folder.write(
            good.replacing("  project: plant\n", with: "  project: plant\n  connection: {ca-file: /nowhere/ca}\n"),
            to: "noca.yaml"
        )
        try folder.write("", to: "log.err")
        var status = stat()
        try #require(stat(folder.path("log.err"), &status) == 0)
        let child = try Drop360.start(
            arguments,
            environment: ["JOURNAL_STREAM": "\(status.st_dev):\(status.st_ino)"],
            in: folder.path,
            log: folder.path("log")
        )
        let exit = try await child.ended()
        #expect([.code(78), .code(64)].contains(exit), "\(exit)")
        let lines = child.errors.split(separator: "\n")
        #expect(!lines.isEmpty)
        #expect(lines.allSatisfy { $0.hasPrefix("<3>") }, "\(child.errors)")
        if arguments.contains("bad.yaml") { #expect(lines.count >= 2) }
    }
}
