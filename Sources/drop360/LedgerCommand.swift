import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Look after the ledger: verify it, back it up, make it smaller.",
        discussion: """
            The ledger is the only memory of what was delivered. The daemon copies it to the folder `backups` in the state directory before a newer \
            drop360 changes its tables.
            """,
        subcommands: [
            LedgerVerifyCommand.self, LedgerBackupCommand.self, LedgerCompactCommand.self, LedgerPruneCommand.self,
        ]
    )

    /// Runs `work` with a line for progress at the bottom of a terminal.
    static func withProgress<Result: Sendable>(
        _ work: (_ progress: @escaping @Sendable (String) -> Void) async throws -> Result
    ) async rethrows -> Result {
        let output = OperatorOutput(environment: ProcessInfo.processInfo.environment)
        guard output.isTerminal else { return try await work { _ in } }
        defer { output.setFooter("") }
        return try await work { output.setFooter($0) }
    }

    /// "1.2 MB".
    static func amount(_ bytes: Int64) -> String { bytes.formatted(.byteCount(style: .file)) }
}

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
                \(ledger.path) is not in order. The daemon goes on with it as far as it can. Keep a copy \
                (`drop360 ledger backup`), and report this.
                """
            )
            throw Exit.refused
        }
    }
}

struct LedgerBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the ledger as it is at this moment, while the daemon goes on.",
        discussion: """
            The copy appears under its name once it is complete, checked and on the disk. To restore one: stop drop360, move ledger.sqlite, \
            ledger.sqlite-wal and ledger.sqlite-shm away together, put the copy in their place as ledger.sqlite, and start drop360. What was \
            delivered since is recognised in CDF by its ids, and written once more.
            """
    )

    @Argument(
        help: "The new file. Without it, one named after the time in the folder `backups` of the state directory."
    )
    var file: String?

    @Option(help: ArgumentHelp("Remove the oldest backups in that folder, and keep so many.", valueName: "number"))
    var keep: Int?

    @OptionGroup var options: LedgerOptions

    private struct Facts: Encodable {
        var backup: String
        var bytes: Int64
        var removed: [String]
    }

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep: at least 1.") }
        if file != nil, keep != nil {
            throw ValidationError("--keep is for the folder of backups: give it without a file.")
        }
    }

    func run() async throws {
        try await options.withLedger { ledger, directory in
            let target: String
            if let file {
                target = absolute(file)
            } else {
                target = try ItemLedger.nextBackup(in: directory, at: Date())
            }
            try await LedgerCommand.withProgress { progress in
                progress("copying …")
                try await ledger.copy(to: target)
            }
            let removed = try keep.map { try ItemLedger.removeBackups(in: directory, keeping: $0) } ?? []
            let size = try FileManager.default.attributesOfItem(atPath: target)[.size] as? Int64 ?? 0
            if options.json {
                let facts = Facts(backup: target, bytes: size, removed: removed)
                show(String(decoding: try JSONEncoder.facts.encode(facts), as: UTF8.self))
                return
            }
            show("\(target): \(LedgerCommand.amount(size)), complete and checked.")
            for path in removed { show("\(path) was removed.") }
            if file == nil { show("It is on the same disk as the ledger: copy it to another machine, too.") }
        }
    }
}
