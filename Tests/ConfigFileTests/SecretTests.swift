import ConfigFile
import Foundation
import Testing

struct SecretTests {
    private let value = "s3cret-Value!"

    private func dumped(_ value: Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }

    @Test func `a secret shows in no way of printing`() throws {
        let secret = Secret(value)
        let configuration = try Sample.load(Configuration.example)
        let shown = [
            "\(secret)", String(describing: secret), String(reflecting: secret), dumped(secret), "\([secret])",
            "\(configuration)", String(reflecting: configuration), dumped(configuration), configuration.rendered(),
            configuration.renderedJSON(), "\(configuration.cognite.authentication.secret)",
        ]
        for text in shown {
            #expect(!text.contains(value))
            #expect(text.contains("(hidden)") || text == dumped(secret))
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(try configuration.clientSecret(environment: [:]).reveal() == value)
    }

    @Test func `a secret shows in no problem`() {
        for change in ["secret: [\(value)]", "secrets: \(value)", "secret: {a: \(value)}", "secret: !x \(value)"] {
            let text = Sample.minimal.replacing("secret: shh-quiet", with: change)
            let lines = Sample.lines(text)
            #expect(!lines.isEmpty)
            #expect(!lines.joined().contains(value))
        }
    }

    @Test func `a file gives the secret, without the newline at its end`() throws {
        try withFolder { folder in
            for ending in ["", "\n", "\r\n", "\n\n"] {
                try Data((value + ending).utf8).write(to: URL(filePath: "\(folder)/secret"))
                #expect(try configuration(file: "\(folder)/secret").clientSecret(environment: [:]).reveal() == value)
            }
        }
    }

    @Test func `a file is read anew each time`() throws {
        try withFolder { folder in
            let configuration = try configuration(file: "\(folder)/secret")
            try Data("one".utf8).write(to: URL(filePath: "\(folder)/secret"))
            #expect(try configuration.clientSecret(environment: [:]).reveal() == "one")
            try Data("two".utf8).write(to: URL(filePath: "\(folder)/secret"))
            #expect(try configuration.clientSecret(environment: [:]).reveal() == "two")
        }
    }

    @Test func `without either key the systemd credential is the secret`() throws {
        try withFolder { folder in
            try Data("\(value)\n".utf8).write(to: URL(filePath: "\(folder)/cognite-secret"))
            let configuration = try Sample.load(Sample.minimal.replacing("    secret: shh-quiet\n", with: ""))
            let environment = ["CREDENTIALS_DIRECTORY": folder]
            #expect(try configuration.clientSecret(environment: environment).reveal() == value)
            #expect(throws: SecretError.noSource) { try configuration.clientSecret(environment: [:]) }
        }
    }

    @Test func `what cannot be a secret is refused with words`() throws {
        try withFolder { folder in
            let path = "\(folder)/secret"
            let configuration = try configuration(file: path)
            func check(_ error: SecretError) {
                #expect(throws: error) { try configuration.clientSecret(environment: [:]) }
                #expect(error.description.contains(path))
                #expect(error.description.contains("sends nothing"))
            }
            check(.unreadable(path: path, reason: "it does not exist"))
            try Data().write(to: URL(filePath: path))
            check(.empty(path: path))
            try Data("\n".utf8).write(to: URL(filePath: path))
            check(.empty(path: path))
            try Data("a\nb".utf8).write(to: URL(filePath: path))
            check(.notText(path: path))
            try Data([0xFF, 0xFE]).write(to: URL(filePath: path))
            check(.notText(path: path))
            try Data(repeating: 65, count: 64 * 1024 + 1).write(to: URL(filePath: path))
            check(.unreadable(path: path, reason: "it is larger than 64 KiB"))
            try FileManager.default.removeItem(atPath: path)
            try #require(mkfifo(path, 0o600) == 0)
            check(.unreadable(path: path, reason: "it is not a regular file"))
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            check(.unreadable(path: path, reason: "it is a directory"))
        }
    }

    private func configuration(file: String) throws -> Configuration {
        try Sample.load(Sample.minimal.replacing("secret: shh-quiet", with: "secret-file: \(file)"))
    }
}

/// Runs `body` with the path of a new folder, which is removed afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "configfile-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
    try body(folder)
}
