import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct LedgerVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every page and row of the ledger or of a backup, and say what is wrong.",
        discussion: "A running daemon goes on meanwhile. Exit code 1 if something is wrong."
    )

    @Argument(help: "A backup. Without it, the ledger in use.")
    var file: String?

    @OptionGroup var options: LedgerOptions

    private struct Facts: Encodable {
        var file: String
        var items: Int
        var bytes: Int64
        var unusedBytes: Int64
        var problems: [String]
    }

    func run() async throws {
        guard let file else { return try await options.withLedger { ledger, _ in try await verify(ledger) } }
        do {
            let ledger = try ItemLedger(backup: absolute(file))
            try await verify(ledger)
            try ledger.close()
        } catch LedgerError.damaged(let path, let detail) {
            Exit.printError("\(printable(path)) is damaged: \(detail). Do not restore it: take another backup.")
            throw Exit.refused
        } catch LedgerError.notOpened(let path, let detail) {
            Exit.printError("\(printable(path)) cannot be read: \(detail).")
            throw Exit.refused
        } catch { throw Exit.code(for: error) }
    }

    private func verify(_ ledger: ItemLedger) async throws {
        let found = try await LedgerCommand.withProgress { progress in
            progress("reading every page of the file …")
            return try await ledger.verification { items, total in progress("\(items) of \(total) items read") }
        }
        if options.json {
            let facts = Facts(
                file: ledger.path,
                items: found.items,
                bytes: found.bytes,
                unusedBytes: found.unusedBytes,
                problems: found.problems
            )
            show(String(decoding: try JSONEncoder.facts.encode(facts), as: UTF8.self))
        } else if found.problems.isEmpty {
            show(
                "\(ledger.path) is in order: \(found.items) items, \(LedgerCommand.amount(found.bytes)), \(LedgerCommand.amount(found.unusedBytes)) of it unused."
            )
        }
        guard found.problems.isEmpty else {
            for problem in found.problems { Exit.printError(problem) }
            Exit.printError(
                """
                \(printable(ledger.path)) is not in order. \(advice(on: ledger.path))
                """
            )
            throw Exit.refused
        }
    }

    private func advice(on path: String) -> String {
        guard file == nil else { return "Do not restore it: take another backup." }
        let state = printable(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        return """
            The daemon continues with it as far as it can. Keep a copy: `systemctl stop drop360; \
            cp -a \(state)/ledger.sqlite* OTHER-DISK/; systemctl start drop360`. Then report this.
            """
    }
}
