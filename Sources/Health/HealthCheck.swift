import Foundation

/// The result of one check by `drop360 doctor`.
package struct Finding: Codable, Sendable, Equatable {
    package enum Verdict: String, Codable, Sendable {
        case good
        /// It works, but could be better.
        case warning
        case bad
    }

    /// What was checked: `inotify`, `inbox /srv/drop360/inbox`.
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

/// The checks of `drop360 doctor`, with the daemon running or not; they change nothing.
package enum HealthCheck {
    /// The free space of a file system, in bytes; nil where it is not known.
    static func freeSpace(of path: String) -> Int64? {
        // Nil says that it is not known.
        let values = try? FileManager.default.attributesOfFileSystem(forPath: path)
        return (values?[.systemFreeSize] as? NSNumber)?.int64Value
    }
}
