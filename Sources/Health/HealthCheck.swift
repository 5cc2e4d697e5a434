import Foundation

/// What `drop360 doctor` found out about one thing.
package struct Finding: Codable, Sendable, Equatable {
    package enum Verdict: String, Codable, Sendable {
        case good
        /// It works, and might be better.
        case warning
        case bad
    }

    /// What was looked at: `inotify`, `inbox /srv/drop360/inbox`.
    package var subject: String
    package var verdict: Verdict
    package var message: String
    /// What to do.
    package var advice: String?

    package init(_ subject: String, _ verdict: Verdict, _ message: String, advice: String? = nil) {
        self.subject = subject
        self.verdict = verdict
        self.message = message
        self.advice = advice
    }
}

/// What `drop360 doctor` looks at, beside the daemon or without it; it changes nothing.
package enum HealthCheck {
    /// The free space of a file system, in bytes; nil where it cannot be told.
    static func freeSpace(of path: String) -> Int64? {
        // Nil says that it is not known.
        let values = try? FileManager.default.attributesOfFileSystem(forPath: path)
        return (values?[.systemFreeSize] as? NSNumber)?.int64Value
    }
}
