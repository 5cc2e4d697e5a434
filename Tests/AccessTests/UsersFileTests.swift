import Access
import Foundation
import Glibc
import Station
import TestSupport
import Testing

/// The users' file on the disk.
struct UsersFileTests {
    private let folder: TemporaryFolder
    private var file: UsersFile { UsersFile(folder.path + "/users") }

    init() throws { folder = try TemporaryFolder() }
    private let line = "anna:\(PasswordHashTests.bcrypt)\n"

    @Test func `a new file is for its owner alone, and one that is replaced keeps its rights`() throws {
        try file.replace(with: line, like: nil)
        #expect(FileRights(of: file.path)?.mode == 0o600)
        #expect(try file.read().list.users.map(\.name) == ["anna"])
        chmod(file.path, 0o640)
        try file.replace(with: "# new\n" + line, like: nil)
        #expect(FileRights(of: file.path)?.mode == 0o640)
        #expect(try file.read().text.hasPrefix("# new"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["users"])
    }

    @Test func `behind a link, the file is replaced and the link stays`() throws {
        let real = UsersFile(folder.path + "/real")
        try real.replace(with: line, like: nil)
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: real.path)
        try file.replace(with: "# new\n" + line, like: nil)
        #expect(try real.read().text.hasPrefix("# new"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file.path) == real.path)
    }

    @Test func `a link that leads nowhere is refused, and nothing is created`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: file.path,
            withDestinationPath: folder.path + "/none"
        )
        let error = #expect(throws: UsersFile.Unusable.self) { try file.change(like: nil) { _ in line } }
        #expect(error?.summary.hasSuffix("is a link that leads nowhere. Nothing was changed.") == true)
        #expect(error?.advice == "Create what it leads to, or remove the link.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["users"])
    }

    @Test func `a file that everyone may read or write is refused`() throws {
        try file.replace(with: line, like: nil)
        for mode: mode_t in [0o644, 0o602, 0o606] {
            chmod(file.path, mode)
            let error = #expect(throws: UsersFile.Unusable.self) { try file.read() }
            #expect(error?.advice.contains("chmod o=") == true)
        }
    }

    @Test func `what is no list of users is refused without waiting for it`() throws {
        #expect(throws: UsersFile.Unusable.self) { try file.read() }
        #expect(try #require(throws: UsersFile.Unusable.self) { try file.read() }.isMissing)
        #expect(throws: UsersFile.Unusable.self) { try UsersFile(folder.path).read() }
        mkfifo(folder.path + "/pipe", 0o600)
        #expect(throws: UsersFile.Unusable.self) { try UsersFile(folder.path + "/pipe").read() }
        for text in ["", "# nobody\n", "anna:secret\n", String(repeating: "#", count: 300_000)] {
            try file.replace(with: text, like: nil)
            let error = #expect(throws: UsersFile.Unusable.self) { try file.read() }
            #expect(error?.summary.contains("secret") == false)
        }
    }

    @Test(arguments: [true, false])
    func `of many who change it at once none loses what another has written`(exists: Bool) async throws {
        let hash = try PasswordHash(PasswordHashTests.bcrypt)
        if exists {
            try file.replace(with: line, like: nil)
            chmod(file.path, 0o640)
        }
        let names = (0..<40).map { "user\($0)" }
        let file = file
        await withTaskGroup(of: Void.self) { group in
            for name in names {
                group.addTask {
                    // Each blocks while it waits for the others: on a thread of its own.
                    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                        Thread.detachNewThread {
                            do {
                                try file.change(like: nil) {
                                    UserList.text($0, setting: .init(name: name, hash: hash, role: .operator))
                                }
                            } catch {
                                Issue.record(error)
                            }
                            done.resume()
                        }
                    }
                }
            }
        }
        let found = Set(try file.read().list.users.map(\.name))
        #expect(found == Set(names + (exists ? ["anna"] : [])))
        #expect(FileRights(of: file.path)?.mode == (exists ? 0o640 : 0o600))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["users"])
    }

    @Test func `commands to paste hold for every path`() throws {
        let odd = UsersFile(folder.path + "/all users; it's")
        try odd.replace(with: line, like: nil)
        chmod(odd.path, 0o644)
        let error = #expect(throws: UsersFile.Unusable.self) { try odd.read() }
        #expect(error?.advice == "Close it: `chmod o= \(shellWord(odd.path))`.")
    }

    @Test func `where the folder cannot be written to, nothing is changed`() throws {
        let missing = UsersFile(folder.path + "/none/users")
        let error = #expect(throws: UsersFile.Unusable.self) { try missing.replace(with: line, like: nil) }
        #expect(error?.summary.contains("could not be written") == true)
    }
}
