import Delivery
import Foundation
import Inbox
import Inspection
import Ledger
import Station
import Status

/// What follows from a change, no matter where it came from: wakes the services concerned and sends the change to the feed.
struct ChangeRelay: Sendable {
    let bells: Bells
    let feed: ChangeFeed
    let watcher: InboxWatcher
    let inboxes: InboxOverview
    let converted: ConvertedFaces

    func stationChanged(_ record: ItemRecord) {
        // Counted before anyone is woken: those who wake compare the count.
        feed.send(.station(record))
        bells.stationChanged()
        // The watcher knows nothing of positions of scans.
        if record.scan == nil, let standing = KnownStations.Standing(of: record), standing != .open,
            let stamp = record.lastSight.stamp
        {
            watcher.acknowledge(record.location, stamp: stamp, as: standing)
        }
        // A position that failed is read again where an operator retries it, so that its faces keep no room from others.
        let isDone = record.state.name == .registered || (record.state.name == .failed && record.scan != nil)
        if isDone, let place = record.capture?.faces[.front]?.storedIn {
            // Removing files may block on the disk.
            Thread.detachNewThread { [converted] in converted.discard(place) }
        }
    }

    func inboxChanged(_ inbox: String, _ trouble: InboxTrouble?) {
        inboxes.note(trouble?.description, of: inbox)
        feed.send(.inbox(path: inbox, trouble: trouble?.description))
        bells.inboxChanged()
    }

    /// Called when a command has written into the ledger or the clock has jumped: every service checks again what is due.
    func anythingChanged() {
        feed.send(.anything)
        bells.stationChanged()
    }
}

extension ChangeFeed {
    /// Sends the state of the link, unless it is still unknown.
    func send(_ state: LinkState) {
        switch state {
        case .unknown: break
        case .ready: send(.link(.connected))
        case .down(let outage): send(.link(.offline(reason: outage.reason.description)))
        }
    }
}
