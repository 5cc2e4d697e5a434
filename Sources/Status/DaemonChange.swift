package import Ledger
package import Station

/// One change in the daemon.
package struct DaemonChange: Sendable {
    /// What has changed, in its new state.
    package enum Subject: Sendable {
        case station(ItemRecord)
        /// An inbox was lost, and why, or is back.
        case inbox(path: String, trouble: String?)
        case link(Link)
        /// Something other than this process's own work has changed what is due: any station may have changed.
        case anything
    }

    /// Whether CDF can be reached.
    package enum Link: Equatable, Sendable {
        case connected
        case offline(reason: String)
    }

    /// Counts up from 1; a gap means that the subscriber was too slow.
    package var number: UInt64
    package var subject: Subject

    package init(number: UInt64, subject: Subject) {
        self.number = number
        self.subject = subject
    }

    /// The number of the item that has changed, and its new state; nil for everything else.
    package var item: (number: Int64, state: ItemState.Name)? {
        guard case .station(let record) = subject else { return nil }
        return (record.id.rawValue, record.state.name)
    }
}
