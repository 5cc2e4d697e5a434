import Station

/// Decides when a folder that is being written has stopped changing.
///
/// A plain value with no clock, no file system and no threads: the caller says what it saw and when, and asks what has to
/// be looked at. Only the caller's own monotonic instants count, never the times that files bear.
struct Settling<Key: Hashable & Sendable, Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
    /// How long a folder must not have changed.
    let quietPeriod: Duration
    /// How often a changing folder is looked at, since growth of an open file makes no event.
    let glance: Duration

    private struct Entry: Sendable {
        var stamp: Stamp
        /// When a stamp was first seen that differs from the one before.
        var stampSince: Instant
        var lastChange: Instant
    }

    private var entries: [Key: Entry] = [:]
    private var looks = DeadlineQueue<Key, Instant>()

    init(quietPeriod: Duration, glance: Duration) {
        self.quietPeriod = quietPeriod
        self.glance = glance
    }

    var count: Int { entries.count }

    func contains(_ key: Key) -> Bool { entries[key] != nil }

    /// Takes what a listing showed, and says whether the folder has kept this stamp for the quiet period.
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

    /// Takes that something happened in the folder, which a coarse file system may not show in any stamp.
    ///
    /// Junk makes such events, too; so a folder whose stamp stays the same is only put off for so long.
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
        looks.cancel(key)
    }

    mutating func removeAll() {
        entries = [:]
        looks = DeadlineQueue()
    }

    /// When the next folder has to be looked at.
    mutating func nextLook() -> Instant? { looks.next() }

    /// Returns the folders that have to be looked at now; each comes again after a glance unless something else is noted.
    mutating func takeDue(at now: Instant, limit: Int) -> [Key] {
        let due = looks.takeDue(at: now, limit: limit)
        for key in due { looks.set(key, at: now.advanced(by: glance)) }
        return due
    }

    private mutating func schedule(_ key: Key, _ entry: Entry, at now: Instant) {
        let quiet = entry.lastChange.advanced(by: quietPeriod)
        looks.set(key, at: min(quiet > now ? quiet : now, now.advanced(by: glance)))
    }
}
