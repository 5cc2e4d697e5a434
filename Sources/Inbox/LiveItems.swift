import Station

/// The items below one inbox for which something can still happen, as the ledger knows them or soon will; a plain value.
struct LiveItems: Sendable {
    private struct Item: Equatable {
        /// What was emitted last; nil where it is to be emitted again in any case.
        var stamp: PackedStamp?
        var standing = KnownStations.Standing.open
        /// Some of its files were held open for writing when it was emitted: it is emitted again when they are closed.
        var wasBeingWritten = false
        /// It is a single file, which no pose list concerns.
        var isFile = false
    }

    /// By path below the inbox.
    private var items: [ExactName: Item] = [:]

    var isEmpty: Bool { items.isEmpty }
    /// Those whose loss would be one.
    var undelivered: Int { items.values.count { $0.standing == .open } }
    var paths: [String] { items.keys.sorted().map(\.text) }

    func contains(_ path: String) -> Bool { items[ExactName(path)] != nil }

    /// The stamp with which an item is finished; nil where it isn't.
    func finishedStamp(of path: String) -> PackedStamp? {
        guard let item = items[ExactName(path)], item.standing == .finished else { return nil }
        return item.stamp
    }

    /// Whether there is something to emit about an item.
    func isNews(_ path: String, _ stamp: Stamp, isBeingWritten: Bool = false) -> Bool {
        guard let item = items[ExactName(path)], let known = item.stamp else { return true }
        return known != PackedStamp(stamp) || item.wasBeingWritten && !isBeingWritten
    }

    mutating func add(_ path: String, _ stamp: PackedStamp?, _ standing: KnownStations.Standing, isFile: Bool = false) {
        items[ExactName(path)] = Item(stamp: stamp, standing: standing, isFile: isFile)
    }

    mutating func noteEmitted(_ path: String, _ stamp: Stamp, isBeingWritten: Bool = false, isFile: Bool = false) {
        items[ExactName(path)] = Item(stamp: PackedStamp(stamp), wasBeingWritten: isBeingWritten, isFile: isFile)
    }

    /// Records what became of an item; false where it has been emitted with other content since.
    mutating func acknowledge(_ path: String, _ stamp: Stamp, as standing: KnownStations.Standing) -> Bool {
        guard let item = items[ExactName(path)], item.stamp == PackedStamp(stamp) else { return false }
        items[ExactName(path)]?.standing = standing
        return true
    }

    /// Has an item emitted again whatever its stamp is.
    mutating func forgetStamp(of path: String) { items[ExactName(path)]?.stamp = nil }

    /// Has the unfinished stations below a folder emitted again, and one at the folder itself where that is wanted; returns their paths.
    mutating func forgetStamps(below folder: String, andItself isIncluded: Bool) -> [String] {
        let below = folder.isEmpty ? "" : folder + "/"
        let wanted = items.filter { path, item in
            item.standing != .finished && !item.isFile
                && (isIncluded && path.text == folder || path.text.hasPrefix(below))
        }
        for path in wanted.keys { items[path]?.stamp = nil }
        return wanted.keys.map(\.text)
    }

    mutating func remove(_ path: String) { items[ExactName(path)] = nil }

    /// Whether items below a folder have still to be delivered.
    func hasUndelivered(below folder: String) -> Bool {
        items.contains { $0.value.standing == .open && $0.key.text.hasPrefix(folder + "/") }
    }
}
