import Access
import Testing

/// The text of the users' file.
struct UserListTests {
    private static let hash = PasswordHashTests.bcrypt

    @Test func `users have a name, a hash and perhaps a role`() throws {
        let list = try UserList("# people\n\nanna:\(Self.hash)\r\nbjørn:\(Self.hash):viewer\n")
        #expect(list.users.map(\.name) == ["anna", "bjørn"])
        #expect(list.user(named: "anna")?.role == .operator && list.user(named: "bjørn")?.role == .viewer)
        #expect(list.user(named: "Anna") == nil && list.user(named: "") == nil)
    }

    @Test(arguments: [
        ("anna", 1, "is not NAME:HASH"), ("# x\nanna:secret", 2, "neither bcrypt"),
        ("a:\(hash)\na:\(hash)", 2, "names the user 'a' again"), (":\(hash)", 1, "has no name"),
        ("a b:\(hash)", 1, "a colon, a space"), ("a\u{1B}[31m:\(hash)", 1, "control character"),
        ("anna:\(hash):root", 1, "gives a role"), ("anna:\(hash):viewer:x", 1, "is not NAME:HASH"),
    ])
    func `a line that cannot be understood is named`(text: String, line: Int, words: String) {
        let error = #expect(throws: UserList.Unusable.self) { try UserList(text) }
        #expect(error?.line == line)
        #expect(error?.words.contains(words) == true, "\(error?.words ?? "")")
        #expect(error?.words.contains("secret") != true)
    }

    @Test func `a user is added, replaced and removed, and everything else stays`() throws {
        let user = UserList.User(name: "anna", hash: try PasswordHash(Self.hash), role: .operator)
        #expect(UserList.text("", setting: user) == "anna:\(Self.hash)\n")
        let before = "# people\nannabel:x\nanna:old:viewer"
        #expect(UserList.text(before, setting: user) == "# people\nannabel:x\nanna:\(Self.hash)\n")
        var viewer = user
        viewer.role = .viewer
        #expect(UserList.text(before, setting: viewer).hasSuffix("\nanna:\(Self.hash):viewer\n"))
        #expect(UserList.text(before, removing: "anna") == "# people\nannabel:x\n")
        #expect(UserList.text(before, removing: "ann") == nil)
    }
}
