import ArgumentParser
import Foundation

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
    static func amount(_ bytes: Int64) -> String { bytes.formatted(.byteCount(style: .file, spellsOutZero: false)) }
}
