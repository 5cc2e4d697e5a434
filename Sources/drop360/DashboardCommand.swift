import Access
import ArgumentParser
import ConfigFile
import Foundation
import Station

struct DashboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Manage who can log in to the status page.",
        discussion: """
            The users are in the file that `dashboard.users-file` names, one NAME:HASH per line; `htpasswd -B` can write it too. A running daemon uses \
            a changed file from the next request on.
            """,
        subcommands: [AddUserCommand.self, RemoveUserCommand.self, ListUsersCommand.self]
    )
}

/// Which users' file a command means.
struct UsersFileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The configuration file (default \(LedgerOptions.defaultConfiguration)).", valueName: "file")
    )
    var config: String?

    @Option(help: ArgumentHelp("The file of users, instead of the one in the configuration.", valueName: "file"))
    var usersFile: String?

    private var configurationPath: String { config ?? LedgerOptions.defaultConfiguration }

    /// Rights of a file that the daemon reads.
    var model: FileRights? { FileRights(of: configurationPath) }

    func file() throws -> UsersFile {
        if let usersFile { return UsersFile(absolute(usersFile)) }
        let environment = ProcessInfo.processInfo.environment
        let configuration = try Configuration.load(path: configurationPath, environment: environment)
        guard let path = configuration.dashboard.usersFile else {
            Exit.printError(
                "\(configurationPath) has no `dashboard.users-file`. Add `users-file: /etc/drop360/users` under `dashboard`, or give --users-file."
            )
            throw Exit.configuration
        }
        return UsersFile(path)
    }

    /// The text of the file; empty where there is none yet.
    static func text(of file: UsersFile) throws(UsersFile.Unusable) -> String {
        do throws(UsersFile.Unusable) { return try file.contents().text } catch {
            guard error.isMissing else { throw error }
            return ""
        }
    }

    /// The users of what is to be the file's text.
    static func list(_ text: String, in file: UsersFile) throws -> UserList {
        do throws(UserList.Unusable) { return try UserList(text) } catch {
            let line = error.line.map { "line \($0)" } ?? "it"
            Exit.printError("Nothing was changed in \(printable(file.path)): \(line) \(error.words). Correct it first.")
            throw Exit.refused
        }
    }

    /// Runs `work`, and turns its errors into words and an exit code.
    static func reporting(_ work: () async throws -> Void) async throws {
        do { try await work() } catch let error as UsersFile.Unusable {
            Exit.printError("\(error.summary) \(error.advice)")
            throw Exit.refused
        } catch {
            throw Exit.code(for: error)
        }
    }
}

struct AddUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-user",
        abstract: "Add a user of the status page, or change a password.",
        discussion: "It asks for the password twice. If the input is not a terminal, the first line is the password."
    )

    @Argument(help: "The user's name.")
    var name: String

    @Flag(help: "The user may look, but not retry, replace, retract or pause.")
    var viewer = false

    @OptionGroup var options: UsersFileOptions

    func validate() throws {
        if let words = UserList.objection(to: name) {
            throw ValidationError("This name cannot be used: it \(words.replacing("has a name", with: "is a name")).")
        }
    }

    func run() async throws {
        try await UsersFileOptions.reporting {
            let file = try options.file()
            // What is wrong with the file is said before a password is asked for.
            _ = try UsersFileOptions.list(try UsersFileOptions.text(of: file), in: file)
            let password = try await NewPassword.ask(for: name)
            guard let hash = PasswordHash.make(of: password) else {
                Exit.printError("The system could not hash the password. Nothing was changed.")
                throw Exit.refused
            }
            let user = UserList.User(name: name, hash: hash, role: viewer ? .viewer : .operator)
            var count = 0
            try file.change(like: options.model) { before in
                let after = UserList.text(before, setting: user)
                count = try UsersFileOptions.list(after, in: file).users.count
                return after
            }
            show(
                "User \(name) can log in\(viewer ? " and look" : ""). \(printable(file.path)) has \(count) user\(count == 1 ? "" : "s")."
            )
        }
    }
}

struct RemoveUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-user",
        abstract: "Stop a user from logging in to the status page."
    )

    @Argument(help: "The user's name.")
    var name: String

    @OptionGroup var options: UsersFileOptions

    func run() async throws {
        try await UsersFileOptions.reporting {
            let file = try options.file()
            // Without a file there is nothing to remove, and nothing is created.
            _ = try file.read()
            try file.change(like: options.model) { before in
                guard let after = UserList.text(before, removing: name) else {
                    Exit.printError("\(printable(file.path)) has no user '\(printable(name))'. Nothing was changed.")
                    throw Exit.refused
                }
                guard try !UsersFileOptions.list(after, in: file).users.isEmpty else {
                    Exit.printError(
                        """
                        \(printable(name)) is the last user. Without any, nobody can see the page while `dashboard.users-file` is set. Nothing was \
                        changed: add another user first, or take the key out of the configuration and delete the file.
                        """
                    )
                    throw Exit.refused
                }
                return after
            }
            show("User \(printable(name)) can no longer log in.")
        }
    }
}

struct ListUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-users",
        abstract: "Show who can log in to the status page."
    )

    @OptionGroup var options: UsersFileOptions

    func run() async throws {
        try await UsersFileOptions.reporting {
            for user in try options.file().read().list.users {
                show(user.name + (user.role == .viewer ? "  (may only look)" : ""))
            }
        }
    }
}
