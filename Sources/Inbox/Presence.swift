/// Whether one inbox is there, is the same one, and is what it seems; a plain value.
struct Presence: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What a listing of the inbox itself says about it.
    enum Belief: Equatable, Sendable {
        case there
        /// It was lost, and is there again.
        case found
        /// It is empty, and inotify may still report that its stations were removed; to be listed again after this time.
        case doubtful(Duration)
        /// No event showed its stations go: it looks unmounted.
        case unmounted
    }

    private(set) var trouble: InboxTrouble?
    /// Whether the inbox's folder and all below it get watches.
    private(set) var isWatched = false
    /// Another disk is in the place of the one that the known stations are on: they are not gone, they are elsewhere.
    private(set) var isOnAnotherDisk = false
    /// The last listing of the inbox itself showed nothing but junk.
    private(set) var isEmpty = false
    /// inotify reported that names went from the inbox itself: where it is empty now, it was emptied, not unmounted.
    private(set) var sawDepartures = false
    /// Which disk the known stations are on, is known as soon as something was seen on it: the folder below a late mount is none.
    private var homeDevice: UInt64?
    /// Something was seen in this very folder, which had its watch then: inotify reports what goes from it.
    private var wasSeenFull = false
    private var doubtEnds: Instant?
    private var reportedShortage = false

    /// The listing of the inbox itself is not trusted yet.
    var isInDoubt: Bool { doubtEnds != nil }

    /// Records that the inbox's folder was opened and is another one than before.
    ///
    /// - Parameters:
    ///   - device: The disk that it is on.
    ///   - isWatched: It can be watched.
    ///   - hasStations: Stations are known below it.
    mutating func find(on device: UInt64, isWatched: Bool, hasStations: Bool) {
        if !hasStations { homeDevice = nil }
        isOnAnotherDisk = homeDevice.map { $0 != device } ?? false
        self.isWatched = isWatched
    }

    /// Records that what was known of the inbox's folder is no longer valid.
    mutating func forgetProgress() {
        sawDepartures = false
        wasSeenFull = false
        doubtEnds = nil
    }

    /// Records what a listing of the inbox itself shows: an unmounted disk looks like an empty folder.
    ///
    /// - Parameters:
    ///   - isEmpty: It showed nothing but junk.
    ///   - undelivered: How many stations would be lost.
    ///   - device: The disk that the folder is on.
    ///   - now: When.
    mutating func judge(isEmpty: Bool, undelivered: Int, on device: UInt64, at now: Instant) -> Belief {
        self.isEmpty = isEmpty
        if isEmpty {
            guard undelivered == 0 || (isWatched && sawDepartures) else { return disbelieve(at: now) }
        } else {
            sawDepartures = false
            wasSeenFull = isWatched
            if homeDevice == nil { homeDevice = device }
        }
        doubtEnds = nil
        guard trouble != nil else { return .there }
        trouble = nil
        return .found
    }

    /// A listing may be quicker than the event of what it shows.
    private mutating func disbelieve(at now: Instant) -> Belief {
        if wasSeenFull {
            let end = doubtEnds ?? now + ScanIntervals.lateEvent
            doubtEnds = end
            if now < end { return .doubtful(now.duration(to: end)) }
        }
        doubtEnds = nil
        return .unmounted
    }

    mutating func noteDeparture() { sawDepartures = true }

    /// Notes why the inbox cannot be read; returns whether an operator would take it for something new.
    mutating func note(_ new: InboxTrouble) -> Bool {
        defer { trouble = new }
        if case .emptied = trouble, case .emptied = new { return false }
        return trouble != new
    }

    /// Notes that the inbox could not be looked at because descriptors ran out, or could again; returns whether that must be reported.
    mutating func noteShortage(_ isShort: Bool) -> Bool {
        defer { reportedShortage = isShort }
        return isShort && !reportedShortage
    }
}
