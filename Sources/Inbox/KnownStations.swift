import DropFolder
package import Station

/// The stations of one inbox that the ledger knows at the start: the watcher's stat cache.
package struct KnownStations: Sendable {
    /// What is left to do for a station.
    package enum Standing: Sendable, Equatable {
        /// It has still to be inspected or delivered: that it goes would be a loss.
        case open
        /// Nothing is left to do until it changes, and the crew may change it at any time.
        case refused
        /// Registered: it holds no watch, and is looked at only now and then.
        case finished
    }

    var live = LiveItems()
    var finished = FinishedFolders()

    package init() {}

    /// - Parameters:
    ///   - path: Below the inbox.
    ///   - stamp: What it was last inspected with. What no folder has as its stamp has the station emitted again.
    ///   - standing: What is left to do.
    ///   - isFile: It is a single file, not a folder.
    package mutating func add(_ path: String, stamp: Stamp, standing: Standing, isFile: Bool = false) {
        let packed = PackedStamp(stamp)
        if standing == .finished, !isFile, let packed {
            finished.add(path, packed)
        } else {
            live.add(path, packed, standing)
        }
    }
}
