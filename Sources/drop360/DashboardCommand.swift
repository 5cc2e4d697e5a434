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
            let before = try UsersFileOptions.text(of: file)
            let password = try await NewPassword.ask(for: name)
            guard let hash = PasswordHash.make(of: password) else {
                Exit.printError("The system could not hash the password. Nothing was changed.")
                throw Exit.refused
            }
            let user = UserList.User(name: name, hash: hash, role: viewer ? .viewer : .operator)
            let after = UserList.text(before, setting: user)
            let list: UserList
            do throws(UserList.Unusable) { list = try UserList(after) } catch {
                let line = error.line.map { "line \($0)" } ?? "it"
                Exit.printError(
                    "Nothing was changed in \(printable(file.path)): \(line) \(error.words). Correct it first."
                )
                throw Exit.refused
            }
            try file.replace(with: after, like: options.model)
            let count = list.users.count
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
            guard let after = UserList.text(try file.contents().text, removing: name) else {
                Exit.printError("\(printable(file.path)) has no user '\(printable(name))'. Nothing was changed.")
                throw Exit.refused
            }
            let left = try file.read().list.users.filter { $0.name != name }
            guard !left.isEmpty else {
                Exit.printError(
                    """
                    \(printable(name)) is the last user, and drop360 does not start with an empty `dashboard.users-file`. Nothing was \
                    changed: add another user first, or remove the key from the configuration and delete the file.
                    """
                )
                throw Exit.refused
            }
            try file.replace(with: after, like: options.model)
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
