import ArgumentParser
import ConfigFile
import Foundation
import Ledger

/// Which ledger a command opens.
struct LedgerOptions: ParsableArguments {
    static let defaultConfiguration = "/etc/drop360/config.yaml"

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The state directory, instead of the configuration's.", valueName: "dir"))
    var state: String?

    @Option(name: .customLong("state-dir"), help: .hidden)
    var stateDir: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func withLedger<Result: Sendable>(_ work: (ItemLedger, _ directory: String) async throws -> Result) async throws
        -> Result
    {
        try await LedgerLocation(config: config, state: stateDir ?? state).withLedger(work)
    }
}

/// Where a command finds the ledger.
struct LedgerLocation {
    var config: String?
    var state: String?

    /// The state directory: the one given, else that of `run --sandbox` in this folder if there is no configuration, else the configuration's.
    func directory() throws -> String {
        if let state { return absolute(state) }
        if config == nil, !FileManager.default.fileExists(atPath: LedgerOptions.defaultConfiguration) {
            let local = absolute(RunCommand.sandboxState)
            if FileManager.default.fileExists(atPath: local + "/ledger.sqlite") { return local }
        }
        let file = config ?? LedgerOptions.defaultConfiguration
        return try Configuration.load(path: file, environment: ProcessInfo.processInfo.environment).state
    }

    /// Opens the ledger for a short time, while a daemon may be using it.
    func withLedger<Result: Sendable>(_ work: (ItemLedger, _ directory: String) async throws -> Result) async throws
        -> Result
    {
        do {
            let directory = try directory()
            let ledger = try ItemLedger(directory: directory, exclusively: false) { Exit.printNotice("\($0)") }
            let result = try await work(ledger, directory)
            try ledger.close()
            return result
        } catch {
            throw Exit.code(for: error)
        }
    }
}
