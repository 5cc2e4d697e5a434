import Access
import Foundation
import Glibc
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

    @Test func `where the folder cannot be written to, nothing is changed`() throws {
        let missing = UsersFile(folder.path + "/none/users")
        let error = #expect(throws: UsersFile.Unusable.self) { try missing.replace(with: line, like: nil) }
        #expect(error?.summary.contains("could not be written") == true)
    }
}
