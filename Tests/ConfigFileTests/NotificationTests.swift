import ConfigFile
import Station
import Testing

/// Who gets messages.
struct NotificationTests {
    private func load(_ text: String) throws -> [Configuration.Notification] {
        try Sample.load(Sample.minimal + "notifications:\n" + text).notifications
    }

    private func lines(_ text: String) -> [String] {
        Sample.lines(Sample.minimal + "notifications:\n" + text).map { String($0.dropFirst("c.yaml:13: ".count)) }
    }

    @Test func `a webhook and a command are read, and without 'on' they get everything`() throws {
        let read = try load(
            """
              - webhook: {url: "https://hooks.example.com/t/s3cret", on: [rejected, inbox-lost, rejected]}
              - command: {run: [/bin/tell, --to, crew]}

            """
        )
        #expect(read.first?.webhook?.events == [.rejected, .inboxLost])
        #expect(read.first?.webhook?.url.reveal() == "https://hooks.example.com/t/s3cret")
        #expect(read.last?.command?.run == ["/bin/tell", "--to", "crew"])
        #expect(read.last?.command?.events == MessageEvent.allCases)
    }

    @Test func `what follows the host of a webhook shows nowhere`() throws {
        let text = "  - webhook: {url: \"https://hooks.example.com/t/s3cret?k=s3cret\"}\n"
        let configuration = try Sample.load(Sample.minimal + "notifications:\n" + text)
        var dumped = ""
        dump(configuration, to: &dumped)
        for shown in [configuration.rendered(), configuration.renderedJSON(), "\(configuration)", dumped] {
            #expect(!shown.contains("s3cret"))
        }
        #expect(configuration.rendered().contains("https://hooks.example.com/(hidden)"))
        #expect(
            lines("  - webhook: {url: \"http://hooks.example.com/s3cret\"}\n") == [
                "notifications[0].webhook.url: is not encrypted: use https://; http:// is accepted for this machine only. Addresses are written https://hooks.example.com/x."
            ]
        )
    }

    @Test(arguments: ["http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]:80/x"])
    func `a webhook on this machine may be unencrypted`(url: String) throws {
        #expect(try load("  - webhook: {url: \"\(url)\"}\n").count == 1)
    }

    @Test(arguments: [
        ("  - {}\n", "is missing"),
        ("  - webhook: {url: 'https://a.example', on: [rejectd]}\n", "Did you mean 'rejected'?"),
        ("  - {webhook: {url: 'https://a.example'}, command: {run: [/bin/a]}}\n", "cannot be combined with 'webhook'"),
        ("  - command: {run: [tell-crew]}\n", "absolute path of a program"),
        ("  - command: {run: []}\n", "absolute path of a program"),
        ("  - webhook: {url: 'https://a.example', on: []}\n", "is empty"),
        ("  - webhook: {secret-file: /s}\n", "url: is missing"),
        ("  - command: {run: /bin/a, timeout: 1h}\n", "is not between 1s and 10m"), ("  []\n", "is empty"),
    ])
    func `what cannot work is refused with words`(text: String, words: String) {
        let lines = Sample.lines(Sample.minimal + "notifications:\n" + text)
        #expect(lines.contains { $0.contains(words) }, "\(lines)")
    }
}
