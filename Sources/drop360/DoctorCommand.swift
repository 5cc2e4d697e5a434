import ArgumentParser
import ConfigFile
import Foundation
import Glibc
import Health
import Ledger
import Logging
import Station
import Status

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at everything that drop360 depends on, and says what to mend; changes nothing.",
        discussion: """
            Exit codes: 0 nothing is wrong (warnings may be there), 1 something is, 69 only CDF could not be reached, 78 configuration.
            """
    )

    @Option(
        help: ArgumentHelp("The configuration file (default \(LedgerOptions.defaultConfiguration)).", valueName: "file")
    )
    var config: String?

    @Flag(help: "Do not ask CDF.")
    var offline = false

    @Flag(help: "Print facts as JSON.")
    var json = false

    func run() async throws {
        do {
            try await examine()
        } catch {
            throw Exit.code(for: error)
        }
    }

    private func examine() async throws {
        let environment = ProcessInfo.processInfo.environment
        let file = config ?? LedgerOptions.defaultConfiguration
        let loaded = try Configuration.load(path: file, environment: environment)
        let configuration = loaded.configuration
        var findings: [Finding] = []
        func tell(_ finding: Finding) {
            findings.append(finding)
            if !json { show(Self.text(finding)) }
        }
        tell(Finding("configuration", .good, "\(file) is in order."))
        for note in loaded.notYetEffective { tell(Finding("configuration", .warning, "\(note)")) }
        HealthCheck.privacy(file: file, configuration).forEach(tell)
        if let user = HealthCheck.user(state: configuration.state) { tell(user) }
        tell(HealthCheck.disk(state: configuration.state))
        let daemon = await look(at: configuration, tell)
        for inbox in configuration.inboxes {
            let seen = HealthCheck.inbox(inbox)
            // One warning is enough, and the daemon knows better.
            let said = HealthCheck.reports(inbox, seenBy: daemon)
            if said == nil || seen.verdict != .warning { tell(seen) }
            if let said { tell(said) }
        }
        HealthCheck.reportsElsewhere(daemon).forEach(tell)
        tell(HealthCheck.notify(configuration, told: daemon?.running == true ? daemon?.detection : nil))
        var isOffline = false
        let hidden = HealthCheck.hiddenSecrets(configuration, environment: environment)
        if !offline, !hidden.isEmpty {
            tell(HealthCheck.cdf(seenBy: daemon, without: hidden, config: absolute(file)))
        } else if !offline {
            let logger = Logger(label: "drop360") { _ in SwiftLogNoOpLogHandler() }
            let asked = await HealthCheck.cdf(configuration, environment: environment, logger: logger)
            asked.findings.forEach(tell)
            isOffline = asked.isOffline
        }
        if json { show(String(decoding: try JSONEncoder.facts.encode(["findings": findings]), as: UTF8.self)) }
        let bad = findings.count { $0.verdict == .bad }
        if bad == 1, isOffline { throw Exit.unreachable }
        if bad > 0 { throw Exit.refused }
    }

    /// Says how ledger and daemon are, and returns what the ledger says of the daemon.
    private func look(at configuration: Configuration, _ tell: (Finding) -> Void) async -> DaemonStatus? {
        let path = configuration.state + "/ledger.sqlite"
        guard access(path, F_OK) == 0 || errno != ENOENT else {
            tell(Finding("ledger", .good, "There is none yet in \(configuration.state); the first start makes it."))
            return nil
        }
        do {
            let ledger = try ItemLedger(directory: configuration.state, exclusively: false) { Exit.say("\($0)") }
            if !json { Exit.say("reading the ledger…") }
            tell(await HealthCheck.ledger(ledger))
            let inUse = ItemLedger.isInUse(directory: configuration.state)
            let isRunning = inUse ?? false
            let status = try await DaemonStatus.read(from: ledger, running: isRunning)
            tell(
                Finding(
                    "daemon",
                    isRunning ? .good : .warning,
                    isRunning
                        ? "It is running (process \(status.pid.map(String.init) ?? "unknown"))."
                        : inUse == nil ? "This user cannot see whether it is running." : "It is not running.",
                    advice: isRunning
                        ? nil : inUse == nil ? "sudo -u drop360 drop360 doctor" : "sudo systemctl start drop360"
                )
            )
            try ledger.close()
            return status
        } catch {
            tell(Finding("ledger", .bad, "\(error)"))
            return nil
        }
    }

    private static func text(_ finding: Finding) -> String {
        let mark =
            switch finding.verdict {
            case .good: "good   "
            case .warning: "warning"
            case .bad: "BAD    "
            }
        let line = "\(mark)  \(finding.subject): \(printable(finding.message, limit: 2000))"
        return finding.advice.map { line + "\n         → \(printable($0, limit: 1000))" } ?? line
    }
}
