import ArgumentParser
import ConfigFile
import Daemon
import Dashboard
import Foundation
import Ledger
import Logging
import Station

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
        tell(Examination.disk(state: configuration.state))
        let told = await look(at: configuration, tell)
        for inbox in configuration.inboxes { tell(Examination.inbox(inbox)) }
        tell(Examination.notify(configuration, told: told))
        var isOffline = false
        if !offline {
            let logger = Logger(label: "drop360") { _ in SwiftLogNoOpLogHandler() }
            let asked = await Examination.cdf(configuration, environment: environment, logger: logger)
            asked.findings.forEach(tell)
            isOffline = asked.isOffline
        }
        if json { show(String(decoding: try JSONEncoder.facts.encode(["findings": findings]), as: UTF8.self)) }
        let bad = findings.count { $0.verdict == .bad }
        if bad == 1, isOffline { throw Exit.unreachable }
        if bad > 0 { throw Exit.refused }
    }

    /// Says how ledger and daemon are, and returns what a running daemon tells of its watches.
    private func look(at configuration: Configuration, _ tell: (Finding) -> Void) async -> DaemonStatus.Detection? {
        guard FileManager.default.fileExists(atPath: configuration.state + "/ledger.sqlite") else {
            tell(Finding("ledger", .good, "There is none yet in \(configuration.state); the first start makes it."))
            return nil
        }
        do {
            let ledger = try StationLedger(directory: configuration.state, exclusively: false) { Exit.say("\($0)") }
            if !json { Exit.say("reading the ledger…") }
            tell(await Examination.ledger(ledger))
            let isRunning = StationLedger.isInUse(directory: configuration.state) ?? false
            let status = try await DaemonStatus.read(from: ledger, running: isRunning)
            tell(
                Finding(
                    "daemon",
                    isRunning ? .good : .warning,
                    isRunning
                        ? "It is running (process \(status.pid.map(String.init) ?? "unknown"))." : "It is not running.",
                    advice: isRunning ? nil : "sudo systemctl start drop360"
                )
            )
            try ledger.close()
            return isRunning ? status.detection : nil
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
