import Delivery
import Foundation
import Inbox
import Inspection
import Ledger
import Station
import Status

/// What happens when something has changed, whoever changed it: wakes whom it concerns, and tells those who listen to the feed.
struct ChangeRelay: Sendable {
    let bells: Bells
    let feed: ChangeFeed
    let watcher: InboxWatcher
    let inboxes: InboxOverview
    let converted: ConvertedFaces

    func stationChanged(_ record: ItemRecord) {
        bells.stationChanged()
        if let standing = KnownStations.Standing(of: record.state.name), standing != .open,
            let stamp = record.lastSight.stamp
        {
            watcher.acknowledge(record.location, stamp: stamp, as: standing)
        }
        if record.state.name == .registered, let place = record.capture?.faces[.front]?.storedIn {
            // Removing files may take a disk's time.
            Thread.detachNewThread { [converted] in converted.discard(place) }
        }
        feed.send(.station(record))
    }

    func inboxChanged(_ inbox: String, _ trouble: InboxTrouble?) {
        inboxes.note(trouble?.description, of: inbox)
        bells.inboxChanged()
        feed.send(.inbox(path: inbox, trouble: trouble?.description))
    }

    /// Commands have written into the ledger, or the clock jumped: all who wait for something look again.
    func anythingChanged() {
        bells.stationChanged()
        feed.send(.anything)
    }
}

extension ChangeFeed {
    /// Tells of the link, once it is known.
    func send(_ state: LinkState) {
        switch state {
        case .unknown: break
        case .ready: send(.link(.connected))
        case .down(let outage): send(.link(.offline(reason: outage.reason.description)))
        }
    }
}
