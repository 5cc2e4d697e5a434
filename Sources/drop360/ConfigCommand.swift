import ArgumentParser
import ConfigFile
import Foundation
import Health
import Ledger

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "The configuration as drop360 understands it, secrets hidden; all problems at once.",
        discussion: """
            With --check nothing is printed but what is wrong, and the client secret is looked at, too; the exit code is 78 where something is. \
            systemd runs it before a reload, and then $MAINPID is set: what a running daemon cannot take over fails as well.
            """
    )

    @Option(
        help: ArgumentHelp("The configuration file (default \(LedgerOptions.defaultConfiguration)).", valueName: "file")
    )
    var config: String?

    @Flag(help: "Print a commented example in place of it.")
    var example = false

    @Flag(help: "Only check the configuration and the client secret.")
    var check = false

    @Flag(help: "Print facts as JSON.")
    var json = false

    func validate() throws {
        if check, example || json {
            throw ValidationError("--check prints no configuration: leave out --example and --json.")
        }
    }

    func run() async throws {
        guard !example else { return show(Configuration.example) }
        do {
            let environment = ProcessInfo.processInfo.environment
            let loaded = try Configuration.load(
                path: config ?? LedgerOptions.defaultConfiguration,
                environment: environment
            )
            for note in loaded.notYetEffective { Exit.say(note.description) }
            if check { return try Self.check(loaded.configuration, environment: environment) }
            show(json ? loaded.configuration.renderedJSON() : loaded.configuration.rendered())
        } catch {
            throw Exit.code(for: error)
        }
    }

    /// Looks at what a daemon with this configuration would need at once.
    private static func check(_ configuration: Configuration, environment: [String: String]) throws {
        let isReload = environment["MAINPID"]?.isEmpty == false
        let hidden = HealthCheck.hiddenSecrets(configuration, environment: environment)
        if !hidden.isEmpty {
            Exit.say(
                "Not looked at: \(hidden.joined(separator: " and ")). systemd hands it to the service only"
                    + (isReload ? ". After a change of it run `systemctl restart drop360`." : ".")
            )
        }
        try configuration.checkSecrets(environment: environment, without: hidden)
        if isReload, ItemLedger.isInUse(directory: configuration.state) == false {
            Exit.say(
                "The running daemon has another `state` directory than \(configuration.state). A reload cannot change it: "
                    + "restart drop360 (`systemctl restart drop360`), or put the old one back."
            )
            throw Exit.configuration
        }
        show("The configuration is in order.")
    }
}
