import Station

/// Decides when a folder that is being written has stopped changing.
///
/// A plain value with no clock, no file system and no threads: the caller passes what it saw and when, and asks which folders
/// be listed. Only the caller's own monotonic instants count, never the time stamps of files.
struct Settling<Key: Hashable & Sendable, Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
    /// How long a folder must be unchanged.
    let quietPeriod: Duration
    /// How often a changing folder is listed, since growth of an open file makes no event.
    let interval: Duration

    private struct Entry: Sendable {
        var stamp: Stamp
        /// When a stamp was first seen that differs from the one before.
        var stampSince: Instant
        var lastChange: Instant
    }

    private var entries: [Key: Entry] = [:]
    private var listings = DeadlineQueue<Key, Instant>()

    init(quietPeriod: Duration, interval: Duration) {
        self.quietPeriod = quietPeriod
        self.interval = interval
    }

    var count: Int { entries.count }

    func contains(_ key: Key) -> Bool { entries[key] != nil }

    /// Records what a listing showed, and returns whether the folder has kept this stamp for the quiet period.
    ///
    /// A folder that is quiet stays in here until the caller ``remove(_:)``s it.
    mutating func saw(_ key: Key, stamp: Stamp, at now: Instant) -> Bool {
        if var entry = entries[key] {
            if entry.stamp != stamp {
                entry = Entry(stamp: stamp, stampSince: now, lastChange: now)
                entries[key] = entry
            }
            schedule(key, entry, at: now)
            return entry.lastChange.advanced(by: quietPeriod) <= now
        }
        let entry = Entry(stamp: stamp, stampSince: now, lastChange: now)
        entries[key] = entry
        schedule(key, entry, at: now)
        return quietPeriod <= .zero
    }

    /// Records that something happened in the folder, which a coarse file system may not show in any stamp.
    ///
    /// Junk makes such events, too; so a folder whose stamp stays the same is put off only for a limited time.
    mutating func noteEvent(in key: Key, at now: Instant) {
        guard var entry = entries[key] else { return }
        let patience = max(quietPeriod * 10, .seconds(10))
        guard now < entry.stampSince.advanced(by: patience) else { return }
        entry.lastChange = now
        entries[key] = entry
        schedule(key, entry, at: now)
    }

    mutating func remove(_ key: Key) {
        entries[key] = nil
        listings.cancel(key)
    }

    mutating func removeAll() {
        entries = [:]
        listings = DeadlineQueue()
    }

    /// When the next folder must be listed.
    mutating func nextListing() -> Instant? { listings.next() }

    /// Returns the folders that must be listed now; each comes again after the interval unless something else is noted.
    mutating func takeDue(at now: Instant, limit: Int) -> [Key] {
        let due = listings.takeDue(at: now, limit: limit)
        for key in due { listings.set(key, at: now.advanced(by: interval)) }
        return due
    }

    private mutating func schedule(_ key: Key, _ entry: Entry, at now: Instant) {
        let quiet = entry.lastChange.advanced(by: quietPeriod)
        listings.set(key, at: min(quiet > now ? quiet : now, now.advanced(by: interval)))
    }
}
