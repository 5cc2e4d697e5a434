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

    /// By path below the inbox.
    var live: [ExactName: Root.Known] = [:]
    /// By the path of the folder that they are in.
    var finished: [ExactName: FinishedStations] = [:]

    package init() {}

    /// - Parameters:
    ///   - path: Below the inbox.
    ///   - stamp: What it was last inspected with. What no folder has as its stamp has the station emitted again.
    ///   - standing: What is left to do.
    package mutating func add(_ path: String, stamp: Stamp, standing: Standing) {
        let packed = PackedStamp(stamp)
        guard standing == .finished, let packed else {
            live[ExactName(path)] = Root.Known(stamp: packed, standing: standing)
            return
        }
        let (parent, name) = Self.split(path)
        finished[ExactName(parent), default: FinishedStations()].add(name, stamp: packed)
    }

    /// The path of the folder above, and the name in it.
    static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}
