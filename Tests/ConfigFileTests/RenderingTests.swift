import ConfigFile
import Foundation
import Testing

struct RenderingTests {
    private func withHiddenSecret(_ configuration: Configuration) -> Configuration {
        var configuration = configuration
        if case .inline = configuration.cognite.authentication.secret {
            configuration.cognite.authentication.secret = .inline(Secret("(hidden)"))
        }
        for index in configuration.notifications.indices {
            guard let command = configuration.notifications[index].command else { continue }
            configuration.notifications[index].command?.run = command.shownWords
        }
        return configuration
    }

    @Test(arguments: [
        Sample.minimal, Sample.full, Configuration.example,
        Sample.minimal.replacing("secret: shh-quiet", with: "secret-file: /etc/s\n    scopes: []"),
        Sample.minimal.replacing("    secret: shh-quiet\n", with: "")
            .replacing("tenant: t-1", with: "token-url: https://x.example/t")
            .replacing("project: plant", with: "project: plant\n  data-set: {id: 12}")
            + "    reports: /srv/reports\n    site: {id: \"q\\\"\\\\: é\\u2028\"}\n    ignore: ['${X}', '- a', '#']\n  - path: /srv/b\n    reports: off\n",
    ])
    func `what is printed reads as the same configuration, but for secrets and arguments`(text: String) throws {
        let configuration = try Sample.load(text)
        let again = try Sample.load(configuration.rendered(), environment: [:])
        #expect(again == withHiddenSecret(configuration))
        #expect(again.rendered() == configuration.rendered())
    }

    @Test func `the JSON holds the same values, and is JSON`() throws {
        let configuration = try Sample.load(Sample.full)
        let json = try JSONSerialization.jsonObject(with: Data(configuration.renderedJSON().utf8))
        let root = try #require(json as? [String: Any])
        #expect(root["version"] as? Int == 1)
        let cognite = try #require(root["cognite"] as? [String: Any])
        let authentication = try #require(cognite["idp-authentication"] as? [String: Any])
        #expect(authentication["secret"] as? String == "(hidden)")
        #expect(authentication["scopes"] as? [String] == ["one", "two"])
        let inbox = try #require((root["inboxes"] as? [[String: Any]])?.first)
        #expect(inbox["path"] as? String == "/srv/in")
        #expect(inbox["min-face"] as? Int == 256)
        #expect((inbox["offset"] as? [String: Double])?["x"] == 500000.5)
        // JSON is YAML: it reads as the same configuration too.
        let again = try Sample.load(configuration.renderedJSON())
        #expect(again == withHiddenSecret(configuration))
    }

    @Test func `defaults are filled in`() throws {
        let text = try Sample.load(Sample.minimal).rendered()
        for line in [
            "version: 1", "state: \"/var/lib/drop360\"", "    settle: \"2s\"", "    report-after: \"15m\"",
            "  concurrency: 6",
            "  listen: \"127.0.0.1:3600\"", "  level: info", "    min-face: 512", "  - path: \"/srv/in\"",
            "    detection: auto",
        ] {
            #expect(text.split(separator: "\n").contains(Substring(line)), "\(line) is not in\n\(text)")
        }
    }

    @Test func `the example parses as it is`() throws {
        let loaded = try Configuration.parse(
            Configuration.example,
            file: "example",
            environment: ["COGNITE_CLIENT_ID": "a", "COGNITE_CLIENT_SECRET": "b"]
        )
        #expect(loaded.inboxes.map(\.path) == ["/srv/drop360/inbox"])
    }

    @Test func `the example names every key that is printed`() throws {
        for line in try Sample.load(Sample.full).rendered().split(separator: "\n") {
            guard let key = line.firstMatch(of: /([a-z0-9-]+):/) else { continue }
            #expect(Configuration.example.contains("\(key.1):"), "\(key.1)")
        }
    }

    @Test func `no line of the example is too wide for a terminal`() {
        let widest = Configuration.example.split(separator: "\n").map(\.count).max()
        #expect(widest ?? 0 <= 130)
    }
}
