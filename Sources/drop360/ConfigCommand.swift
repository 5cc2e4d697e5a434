import ArgumentParser
import ConfigFile
import Foundation
import Health
import Ledger
import Settings

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the configuration in effect, with secrets hidden, or all its problems.",
        discussion: """
            --check prints only problems, including those of the client secret, and exits with 78 if there are any. systemd runs it before a \
            reload, with $MAINPID set; a change that needs a restart is then a problem, too.
            """
    )

    @Option(
        help: ArgumentHelp("The configuration file (default \(LedgerOptions.defaultConfiguration)).", valueName: "file")
    )
    var config: String?

    @Flag(help: "Print a commented example instead.")
    var example = false

    @Flag(help: "Only check the configuration and the client secret.")
    var check = false

    @Flag(help: "Print the configuration as JSON.")
    var json = false

    func validate() throws {
        if check, example || json {
            throw ValidationError("--check prints no configuration. Remove --example and --json.")
        }
    }

    func run() async throws {
        guard !example else { return show(Configuration.example) }
        do {
            let environment = ProcessInfo.processInfo.environment
            let configuration = try Configuration.load(
                path: config ?? LedgerOptions.defaultConfiguration,
                environment: environment
            )
            if check { return try Self.check(configuration, environment: environment) }
            show(json ? configuration.renderedJSON() : configuration.rendered())
        } catch {
            throw Exit.code(for: error)
        }
    }

    /// Checks what a daemon with this configuration needs at start-up.
    private static func check(_ configuration: Configuration, environment: [String: String]) throws {
        let isReload = environment["MAINPID"]?.isEmpty == false
        let hidden = HealthCheck.hiddenSecrets(configuration, environment: environment)
        if !hidden.isEmpty {
            Exit.printNotice(
                "Not checked: \(hidden.joined(separator: " and ")). systemd passes it only to the service"
                    + (isReload ? ". If it has changed, run `systemctl restart drop360`." : ".")
            )
        }
        try configuration.checkSecrets(environment: environment, without: hidden)
        try configuration.checkMoves()
        _ = try configuration.pageProtection()
        if isReload, ItemLedger.isInUse(directory: configuration.state) == false {
            Exit.printNotice(
                "The running daemon uses a different `state` directory than \(configuration.state). A reload cannot change it: "
                    + "run `systemctl restart drop360`, or restore the old setting."
            )
            throw Exit.configuration
        }
        show("The configuration is valid.")
    }
}
