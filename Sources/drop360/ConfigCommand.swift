import ArgumentParser
import ConfigFile
import Foundation

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "The configuration as drop360 understands it, secrets hidden; all problems at once."
    )

    @Option(
        help: ArgumentHelp("The configuration file (default \(LedgerOptions.defaultConfiguration)).", valueName: "file")
    )
    var config: String?

    @Flag(help: "Print a commented example in place of it.")
    var example = false

    @Flag(help: "Print facts as JSON.")
    var json = false

    func run() async throws {
        guard !example else { return show(Configuration.example) }
        do {
            let environment = ProcessInfo.processInfo.environment
            let loaded = try Configuration.load(
                path: config ?? LedgerOptions.defaultConfiguration,
                environment: environment
            )
            for note in loaded.notYetEffective { Exit.say(note.description) }
            show(json ? loaded.configuration.renderedJSON() : loaded.configuration.rendered())
        } catch {
            throw Exit.code(for: error)
        }
    }
}
