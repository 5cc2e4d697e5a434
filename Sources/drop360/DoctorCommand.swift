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
        abstract: "Check everything that drop360 depends on, and say what to fix. Nothing is changed.",
        discussion: """
            Exit codes: 0 nothing is wrong (there may be warnings), 1 something is wrong, 69 only CDF could not be reached, 78 configuration.
            """
    )

    @Option(
        help: ArgumentHelp("The configuration file (default \(LedgerOptions.defaultConfiguration)).", valueName: "file")
    )
    var config: String?

    @Flag(help: "Do not connect to CDF.")
    var offline = false

    @Option(
        help: ArgumentHelp(
            "Pack findings, configuration, versions, limits, status and log into a new .tar.gz to mail, also where the configuration is invalid; secrets are hidden.",
            valueName: "file"
        )
    )
    var report: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        do {
            try await check()
        } catch {
            throw Exit.code(for: error)
        }
    }

    private func check() async throws {
        let environment = ProcessInfo.processInfo.environment
        let file = config ?? LedgerOptions.defaultConfiguration
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try Configuration.load(path: file, environment: environment)
        } catch {
            // Who packs a report needs it now above all.
            if let path = self.report {
                Exit.printError(error.description)
                let findings = error.description.split(separator: "\n").map { "BAD      configuration: \($0)" }
                try await pack(findings, file: file, nil, into: absolute(path))
                throw Exit.configuration
            }
            throw error
        }
        var findings: [Finding] = []
        func report(_ finding: Finding) {
            findings.append(finding)
            if !json { show(Self.text(finding)) }
        }
        report(Finding("configuration", .good, "\(file) is valid."))
        HealthCheck.privacy(file: file, configuration).forEach(report)
        HealthCheck.page(configuration, now: Date()).forEach(report)
        if let user = HealthCheck.user(state: configuration.state) { report(user) }
        report(HealthCheck.disk(state: configuration.state))
        let (daemon, delivered) = await checkDaemon(configuration, report)
        for inbox in configuration.inboxes {
            let seen = HealthCheck.inbox(inbox)
            // One warning is enough, and the daemon's is more precise.
            let finding = HealthCheck.reports(inbox, seenBy: daemon)
            if finding == nil || seen.verdict != .warning { report(seen) }
            if let finding { report(finding) }
        }
        HealthCheck.reportsElsewhere(daemon).forEach(report)
        HealthCheck.messages(configuration).forEach(report)
        HealthCheck.moves(configuration).forEach(report)
        if let zone = HealthCheck.timeZone(configuration) { report(zone) }
        report(HealthCheck.notify(configuration, told: daemon?.running == true ? daemon?.detection : nil))
        var isOffline = false
        let hidden = HealthCheck.hiddenSecrets(configuration, environment: environment)
        if !offline, !hidden.isEmpty {
            report(HealthCheck.cdf(seenBy: daemon, without: hidden, config: absolute(file)))
        } else if !offline {
            let logger = Logger(label: "drop360") { _ in SwiftLogNoOpLogHandler() }
            let asked = await HealthCheck.cdf(
                configuration,
                delivered: delivered,
                environment: environment,
                logger: logger
            )
            for var finding in asked.findings {
                if finding.verdict == .bad, finding.advice?.contains("configuration") == true {
                    finding.advice? += " To edit it: sudoedit \(shellWord(absolute(file)))"
                }
                report(finding)
            }
            isOffline = asked.isOffline
        }
        if json { show(String(decoding: try JSONEncoder.facts.encode(["findings": findings]), as: UTF8.self)) }
        if let path = self.report {
            try await pack(findings.map(Self.text), file: file, configuration, into: absolute(path))
        }
        let bad = findings.count { $0.verdict == .bad }
        if bad == 1, isOffline { throw Exit.unreachable }
        if bad > 0 { throw Exit.refused }
    }

    /// Writes the archive, and says on standard error what is in it.
    private func pack(
        _ findings: [String],
        file: String,
        _ configuration: Configuration?,
        into path: String
    ) async throws {
        let packed = try await DoctorReport(
            file: file,
            configuration: configuration,
            findings: findings,
            environment: ProcessInfo.processInfo.environment
        ).write(to: path)
        Exit.printNotice("\(path) holds, with secrets hidden:")
        for file in packed { Exit.printNotice("  \(file.name), \(file.size) bytes") }
        Exit.printNotice("Look through it before you send it: it names folders, stations and servers.")
    }

    /// Reports on the ledger and the daemon, and returns the daemon's status as the ledger has it, and the model that it has delivered by.
    private func checkDaemon(
        _ configuration: Configuration,
        _ report: (Finding) -> Void
    ) async -> (DaemonStatus?, delivered: String?) {
        let path = configuration.state + "/ledger.sqlite"
        guard access(path, F_OK) == 0 || errno != ENOENT else {
            report(Finding("ledger", .good, "There is none in \(configuration.state) yet; the first start creates it."))
            return (nil, nil)
        }
        do {
            let ledger = try ItemLedger(directory: configuration.state, exclusively: false) {
                Exit.printNotice("\($0)")
            }
            if !json { Exit.printNotice("reading the ledger…") }
            report(await HealthCheck.ledger(ledger))
            try await HealthCheck.collections(ledger, configuration).forEach(report)
            let inUse = ItemLedger.isInUse(directory: configuration.state)
            let isRunning = inUse ?? false
            let status = try await DaemonStatus.read(from: ledger, running: isRunning)
            report(
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
            let delivered = try await ledger.deliveredModel()
            try ledger.close()
            return (status, delivered)
        } catch {
            report(Finding("ledger", .bad, "\(error)"))
            return (nil, nil)
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
