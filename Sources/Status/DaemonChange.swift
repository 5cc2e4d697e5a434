package import Ledger

/// Something about the daemon that has changed.
package struct DaemonChange: Sendable {
    /// What has changed, as it is now.
    package enum Subject: Sendable {
        case station(ItemRecord)
        /// An inbox was lost, and why, or is there again.
        case inbox(path: String, trouble: String?)
        case link(Link)
        /// Something else than this process's own work changed what is due: any station may be another now.
        case anything
    }

    /// Whether CDF can be reached.
    package enum Link: Equatable, Sendable {
        case connected
        case offline(reason: String)
    }

    /// Counts up from 1; where a number is missing, a subscriber was too slow for it.
    package var number: UInt64
    package var subject: Subject
}
