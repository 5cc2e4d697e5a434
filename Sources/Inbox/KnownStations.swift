import DropFolder
package import Station

/// The stations of one inbox in the ledger at the start: the watcher's stat cache.
package struct KnownStations: Sendable {
    /// What is left to do for a station.
    package enum Standing: Sendable, Equatable {
        /// It must still be inspected or delivered: if it vanished, something would be lost.
        case open
        /// Nothing is left to do until it changes, and the crew may change it at any time.
        case refused
        /// Registered: it holds no watch, and is checked only now and then.
        case finished
    }

    var live = LiveItems()
    var finished = FinishedFolders()

    package init() {}

    /// - Parameters:
    ///   - path: Below the inbox.
    ///   - stamp: What it was last inspected with. A stamp that no folder has makes the watcher emit the station again.
    ///   - standing: What is left to do.
    ///   - isFile: It is a single file, not a folder.
    package mutating func add(_ path: String, stamp: Stamp, standing: Standing, isFile: Bool) {
        let packed = PackedStamp(stamp)
        if standing == .finished, !isFile, let packed {
            finished.add(path, packed)
        } else {
            live.add(path, packed, standing, isFile: isFile)
        }
    }
}
