import Station

extension Configuration.Notification {
    static var keys: Keys<Self> {
        Keys(
            home: "an entry of 'notifications'",
            blank: Self(),
            keys: [
                Key("webhook", \.webhook, .map(Configuration.Webhook.keys)),
                Key("command", \.command, .map(Configuration.Command.keys)).insteadOf("webhook"),
            ],
            check: { section, _ in
                guard !section.has("webhook"), !section.has("command") else { return }
                section.missing(
                    "webhook",
                    or: "command",
                    suggestion: "Write 'webhook: {url: …}' or 'command: {run: […]}'."
                )
            }
        )
    }

    static let advice = "Start each with '- webhook:' or '- command:', or delete the key."

    /// What the example says about all keys.
    static let example = [
        "Who gets messages about what needs attention: a webhook (POST, JSON), or a program (JSON on its input; killed after timeout).",
        "on: rejected, failed, conflict, offline, recovered, inbox-lost, inbox-found, disk-low; all of them without the key.",
        "secret-file: messages are signed with it (X-Drop360-Signature).",
        "- command: {run: [/usr/local/bin/tell-crew], on: [rejected], timeout: 30s}",
    ]
}

extension Configuration.Webhook {
    static var keys: Keys<Self> {
        Keys(
            home: "a 'webhook' of 'notifications'",
            blank: Self(url: .init("", origin: "")),
            keys: [
                Key("url", \.url, .webhook).required(),
                Key("secret-file", \.secretFile, .absolutePath),
                Key("on", \.events, .events),
            ]
        )
    }
}

extension Configuration.Command {
    static var keys: Keys<Self> {
        Keys(
            home: "a 'command' of 'notifications'",
            blank: Self(run: []),
            keys: [
                Key("run", \.run, .commandLine).required(),
                Key("on", \.events, .events),
                Key("timeout", \.timeout, .duration(.seconds(1)...(.seconds(600)))),
            ],
            check: { section, command in
                guard section.has("run"), section.isReadable("run"), command.run.first?.hasPrefix("/") != true
                else { return }
                section.report(
                    "does not begin with the absolute path of a program",
                    key: "run",
                    suggestion: "Write [/usr/local/bin/tell-crew]: no shell and no PATH is used."
                )
            }
        )
    }
}

extension Configuration.Messages {
    static var keys: Keys<Self> {
        Keys(
            home: "'messages'",
            blank: Self(),
            keys: [
                Key("box", \.box, .text(limit: 128)),
                Key("offline-after", \.offlineAfter, .duration(.seconds(1)...(.seconds(30 * 86400)))),
                Key("disk-low", \.diskLow, .size(ByteSize(bytes: 1 << 20)...ByteSize(bytes: 1 << 50))),
            ]
        )
    }
}

extension Form where Value == [String] {
    /// A program and its arguments, which are hidden where they are printed: programs are given tokens in them.
    fileprivate static var commandLine: Form {
        let words = Form.texts(.text(limit: 4096, mayBeEmpty: true))
        return Form(
            read: words.read,
            print: { words.print(Configuration.Command(run: $0).shownWords) }
        ).kept(.arguments)
    }
}

extension Form where Value == [MessageEvent] {
    /// A list of events, or one.
    static var events: Form {
        let event = Form<MessageEvent>.choice
        return Form(
            read: { tree, findings in
                guard case .sequence(let items) = tree.content else { return event.read(tree, findings).map { [$0] } }
                if items.isEmpty {
                    findings.report("is empty", "Name at least one event, or delete the key to get all.", at: tree)
                }
                let read = items.compactMap { event.read($0, findings) }
                return MessageEvent.allCases.filter(read.contains)
            },
            print: { .list($0.map(event.print)) }
        )
    }
}
