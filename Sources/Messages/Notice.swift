package import Foundation
package import Ledger

/// One thing to be told, before it is put into words.
package enum Notice: Equatable, Sendable {
    /// Stations with one cause: those that are known by number, and how many more there are.
    case stations(Cause, [ItemNumber], more: Int)
    case offline(since: Date, reason: String)
    case recovered(since: Date)
    case inboxLost(path: String, reason: String)
    case inboxFound(path: String)
    case diskLow(path: String, free: Int64)
}

/// What the daemon looks like at one moment, as messages need it.
package struct MessageSight: Equatable, Sendable {
    package enum Link: Equatable, Sendable {
        /// Not known yet.
        case unknown
        case connected
        case offline(since: Date, reason: String)
    }

    package struct Inbox: Equatable, Sendable {
        package var path: String
        /// Why it cannot be read; nil where it can.
        package var trouble: String?

        package init(_ path: String, trouble: String? = nil) {
            self.path = path
            self.trouble = trouble
        }
    }

    package var link: Link
    /// All that are configured.
    package var inboxes: [Inbox]
    /// The state directory.
    package var state: String
    /// Bytes that are free for it; nil where that is not known.
    package var free: Int64?

    package init(link: Link, inboxes: [Inbox] = [], state: String = "", free: Int64? = nil) {
        self.link = link
        self.inboxes = inboxes
        self.state = state
        self.free = free
    }
}
