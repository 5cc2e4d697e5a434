import DropFolder

/// All finished stations of one inbox, by the folder that they are in, and when each is next looked at.
///
/// A plain value. They have no watch and no node in the tree.
struct FinishedFolders: Sendable {
    typealias Instant = ContinuousClock.Instant

    private var tables: [ExactName: FinishedStations] = [:]
    /// The pause before the next glance at stations that were finished recently: corrections come soon or hardly ever.
    private var pauses: [ExactName: Duration] = [:]
    /// The number of the listing that a table was last taken for.
    private(set) var listing: UInt32 = 0

    /// What `KnownStations` hands over.
    mutating func add(_ path: String, _ stamp: PackedStamp) {
        let (folder, name) = Self.split(path)
        tables[ExactName(folder), default: FinishedStations()].add(name, stamp: stamp)
    }

    /// Adds a station that was finished just now; returns after which time to glance at it first.
    mutating func finish(_ path: String, _ stamp: PackedStamp) -> Duration {
        add(path, stamp)
        // What happened since the last listing is reported by no event any more: the first glance sees it.
        pauses[ExactName(path)] = ScanIntervals.finishedGlances.first
        return ScanIntervals.finishedGlances.first
    }

    var count: Int { tables.values.reduce(0) { $0 + $1.count } }
    /// Paths of the folders that finished stations are in.
    var folders: [String] { tables.keys.map(\.text) }

    func count(in folder: String) -> Int { tables[ExactName(folder)]?.count ?? 0 }

    /// The path of the folder above, and the name in it.
    static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    /// Takes a station out; returns its stamp where it was finished.
    mutating func remove(_ path: String) -> PackedStamp? {
        let (folder, name) = Self.split(path)
        guard let stamp = tables[ExactName(folder)]?.remove(name) else { return nil }
        pauses[ExactName(path)] = nil
        return stamp
    }

    /// Takes all stations in a folder out and returns their names.
    mutating func removeAll(in folder: String) -> [String] {
        tables.removeValue(forKey: ExactName(folder))?.allNames ?? []
    }

    // MARK: Listings of the folder above

    /// Takes a folder's table for the time of a listing, so that it is not copied; ``put(_:for:)`` must follow.
    ///
    /// - Returns: Nil where no station in the folder is finished.
    mutating func take(_ folder: String) -> FinishedStations? {
        listing &+= 1
        return tables.removeValue(forKey: ExactName(folder))
    }

    mutating func put(_ table: FinishedStations, for folder: String) {
        if table.count > 0 { tables[ExactName(folder)] = table }
    }

    /// Removes the stations that the listing did not show, and returns their names.
    mutating func removeUnseen(in folder: String, by listing: UInt32) -> [String] {
        tables[ExactName(folder)]?.removeUnseen(by: listing) ?? []
    }

    /// Notes that one name was checked alone; returns whether it is a finished station's.
    mutating func markSeen(_ name: String, in folder: String, mark: FolderMark) -> Bool {
        tables[ExactName(folder)]?.markSeen(name, mark: mark, listing: 0, isDeep: false) ?? false
    }

    // MARK: Glances

    /// Has a station glanced at whose pause is over.
    ///
    /// - Parameters:
    ///   - path: Its path.
    ///   - isReachable: The folder above is there.
    ///   - untilDeepSweep: From then on the rescan is as quick.
    /// - Returns: Whether its folder is due, and after what pause again: twice as long each time.
    mutating func takePause(of path: String, isReachable: Bool, untilDeepSweep: Duration) -> (
        isDue: Bool, next: Duration?
    ) {
        let (folder, name) = Self.split(path)
        guard let pause = pauses.removeValue(forKey: ExactName(path)), isReachable,
            tables[ExactName(folder)]?.makeDue(name) == true
        else { return (false, nil) }
        guard pause * 2 <= min(ScanIntervals.finishedGlances.last, untilDeepSweep) else { return (true, nil) }
        pauses[ExactName(path)] = pause * 2
        return (true, pause * 2)
    }

    mutating func takeDue(in folder: String, limit: Int) -> [(name: String, stamp: PackedStamp)] {
        tables[ExactName(folder)]?.takeDue(limit: limit) ?? []
    }

    func hasDue(in folder: String) -> Bool { tables[ExactName(folder)]?.dueCount ?? 0 > 0 }

    /// Notes what a station's folder looked like when it was found unchanged.
    mutating func note(_ mark: FolderMark, of name: String, in folder: String) {
        tables[ExactName(folder)]?.note(mark, of: name)
    }
}
