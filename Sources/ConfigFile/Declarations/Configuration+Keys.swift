extension Configuration {
    /// The keys of the whole file.
    static var keys: Keys<Configuration> {
        Keys(
            home: "the top of the file",
            blank: Configuration(cognite: Cognite.keys.blank, target: Target.keys.blank, inboxes: []),
            keys: [
                Key("version", .version, get: { _ in 1 }, set: { _, _ in })
                    .required("Start the file with 'version: 1'.")
                    .shown("of this file format"),
                Key("cognite", \.cognite, .map(Cognite.keys))
                    .required("It contains host, project and idp-authentication.")
                    .shown(),
                Key("target", \.target, .map(Target.keys))
                    .required("It names the space: 'target: {space: my_space}'.")
                    .shown(),
                Key("state", \.state, .absolutePath)
                    .shown(
                        above: "The folder of ledger.sqlite, drop360's database. On a local disk, outside every inbox."
                    ),
                Key("inboxes", \.inboxes, .list(of: .map(Inbox.keys), blank: Inbox.keys.blank, whenEmpty: inboxAdvice))
                    .required(inboxAdvice)
                    .shown(above: "The folders that crews copy their stations to. None may be inside another."),
                Key("upload", \.upload, .map(Upload.keys)).shown(),
                Key("dashboard", \.dashboard, .map(Dashboard.keys))
                    .shown(above: "The status page."),
                Key("metrics", \.metrics, .map(Metrics.keys))
                    .commentedOut(
                        above: "Metrics for Prometheus. Without this section there are none. They need no password."
                    ),
                Key(
                    "notifications",
                    \.notifications,
                    .list(of: .map(Notification.keys), blank: Notification(), whenEmpty: Notification.advice),
                    printed: { !$0.isEmpty }
                )
                .forInstance(
                    "[{webhook: {url: https://hooks.example.com/x, secret-file: /etc/drop360/hook, on: [failed]}}]",
                    above: Notification.example
                ),
                Key("messages", \.messages, .map(Messages.keys))
                    .commentedOut(
                        "box: by default the host name",
                        as: "{box: site-box-7, offline-after: 10m, disk-low: 1GiB}"
                    ),
                Key("logger", \.logger, .map(Logger.keys))
                    .shown("trace, debug, info, notice, warning, error or critical", as: "{level: info}"),
            ],
            check: { section, configuration in FolderRules.check(configuration, root: section) }
        )
    }

    private static var inboxAdvice: String { "Name at least one folder: '- path: /srv/drop360/inbox'." }
}

extension Form where Value == Int {
    fileprivate static var version: Form {
        scalar("1", print: { .number("\($0)") }) { text throws(BadValue) in
            guard text == "1" else {
                throw .quoting("is not supported: only version 1 is")
            }
            return 1
        }
    }
}

extension Configuration.Target {
    static var keys: Keys<Self> {
        Keys(
            home: "'target'",
            blank: Self(space: ""),
            keys: [
                Key("model", \.model, .model).shown(
                    "auto: what the project has; image360: the legacy schema; core: the core data model"
                ),
                Key("space", \.space, .space)
                    .required()
                    .shown("where the instances are written; it must exist", as: "plant_360"),
                Key("external-id-prefix", \.externalIDPrefix, .text(limit: 100, mayBeEmpty: true))
                    .shown("put in front of every external id; never change it later"),
            ]
        )
    }
}

extension Configuration.Upload {
    static var keys: Keys<Self> {
        Keys(
            home: "'upload'",
            blank: Self(),
            keys: [
                Key("concurrency", \.concurrency, .integer(1...64)).shown("files at a time, 1 to 64"),
                Key("bandwidth", \.bandwidth, .rate).commentedOut(
                    "limit for all uploads together; also 4MB/s",
                    as: "20Mbit/s"
                ),
                Key("timetable", \.timetable, .timetable)
                    .commentedOut(
                        "limits by local time; off: only bandwidth applies",
                        as: "\"07:00,2Mbit/s 19:00,off\""
                    ),
            ]
        )
    }
}

extension Configuration.Logger {
    static var keys: Keys<Self> { Keys(home: "'logger'", blank: Self(), keys: [Key("level", \.level, .choice)]) }
}
