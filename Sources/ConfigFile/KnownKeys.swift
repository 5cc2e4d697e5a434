/// Every key of a configuration file, by the map that it stands in.
enum KnownKeys {
    static let root = ["version", "cognite", "target", "state", "inboxes", "upload", "dashboard", "metrics", "logger"]
    static let cognite = [
        "host", "project", "idp-authentication", "data-set", "extraction-pipeline", "timeout",
        "connection",
    ]
    static let authentication = [
        "tenant", "authority", "token-url", "client-id", "secret", "secret-file", "certificate", "scopes", "resource",
        "audience",
        "min-ttl",
    ]
    static let certificate = ["path", "password", "password-file", "authority-url"]
    static let connection = [
        "proxy", "proxy-user", "proxy-password", "proxy-password-file", "no-proxy", "ca-file", "min-tls",
    ]
    static let dataSet = ["external-id", "id"]
    static let extractionPipeline = ["external-id"]
    static let target = ["model", "space", "external-id-prefix"]
    static let inbox = [
        "path", "site", "after", "reports", "settle", "detection", "ignore", "time-zone", "offset", "min-face",
        "max-face",
        "report-after", "pose-drift", "faces", "poses", "seams", "equirect", "e57",
    ]
    static let site = ["id", "name"]
    static let offset = ["x", "y", "z"]
    static let poses = ["preset", "frame"]
    static let e57 = ["model-id"]
    static let upload = ["concurrency", "bandwidth", "timetable"]
    static let listen = ["listen"]
    static let logger = ["level"]

    // Keys so general that pointing to another map would mislead are left out.
    private static let homes: [(keys: [String], map: String)] = [
        (root, "the top of the file"), (cognite, "'cognite'"), (authentication, "'cognite.idp-authentication'"),
        (connection, "'cognite.connection'"), (target, "'target'"), (inbox, "an entry of 'inboxes'"),
        (e57, "'e57' of an inbox"), (upload, "'upload'"),
        (logger, "'logger'"),
    ]

    /// Keys of Cognite's extractors that drop360 does not take, and what to do about them.
    private static let foreign: [String: String] = [
        "proxies": "drop360 has one proxy for all hosts: 'proxy: http://proxy.example:3128'.",
        "disable-ssl": "drop360 always checks certificates. Name your company's CA in 'ca-file'.",
        "disable-gzip": "drop360 does not compress what it sends. Delete the key.",
        "max-retries": "drop360 decides by itself when to try again. Delete the key.",
        "max-retries-connect": "drop360 decides by itself when to try again. Delete the key.",
        "max-retry-backoff": "drop360 decides by itself when to try again. Delete the key.",
        "status-forcelist": "drop360 decides by itself when to try again. Delete the key.",
        "max-connection-pool-size": "'upload.concurrency' says how many files are sent at once. Delete the key.",
    ]

    /// A sentence about what `key` may have been meant to be, where `keys` are allowed.
    static func suggestion(for key: String, among keys: [String]) -> String {
        if keys == connection, let words = foreign[key] { return words }
        if let home = homes.first(where: { $0.keys.contains(key) }) { return "'\(key)' belongs in \(home.map)." }
        if let nearest = NearestKey.to(key, among: keys) { return "Did you mean '\(nearest)'?" }
        return "Keys that may stand here: \(keys.joined(separator: ", "))."
    }
}
