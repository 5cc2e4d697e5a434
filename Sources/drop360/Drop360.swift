import ArgumentParser
import Glibc
import Station

@main
struct Drop360: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop360",
        abstract: "Delivers 360° stations from a drop folder to Cognite Data Fusion.",
        discussion: """
            Exit codes: 0 done, 1 something was refused or failed, 64 usage, 69 service not reachable, 78 configuration.
            """,
        version: Release.version,
        subcommands: [
            RunCommand.self, SandboxCommand.self, CheckCommand.self, StatusCommand.self, ListCommand.self,
            ExplainCommand.self, LogsCommand.self, RetryCommand.self, ReplaceCommand.self, RetractCommand.self,
            AdoptCommand.self,
            PauseCommand.self, ResumeCommand.self, DoctorCommand.self, ConfigCommand.self, DashboardCommand.self,
            ExportCommand.self, LedgerCommand.self,
        ]
    )

    /// Like ArgumentParser's own, except that the journal shows a wrong command line as an error.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asyncCommand = command as? any AsyncParsableCommand {
                try await asyncCommand.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == Exit.usage else { exit(withError: error) }
            put(Exit.lines(fullMessage(for: error), priority: 3), to: STDERR_FILENO)
            Glibc.exit(Exit.usage.rawValue)
        }
    }
}
