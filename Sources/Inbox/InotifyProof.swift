/// Whether inotify reports what happens in an inbox, where the file system's name does not say so; a plain value.
struct InotifyProof: Sendable {
    /// inotify has to report it within ``ScanIntervals/probe``.
    private var probe: ProbeFile?
    /// It did not: the inbox is polled.
    private(set) var hasFailed = false

    mutating func begin(_ probe: ProbeFile) { self.probe = probe }

    /// Records that inotify reported something, or that the trial is off; returns the probe, which has to be removed.
    mutating func end() -> ProbeFile? {
        defer { probe = nil }
        return probe
    }

    /// Records that the time is up; returns the probe where inotify has not reported it.
    mutating func miss() -> ProbeFile? {
        guard let probe = end() else { return nil }
        hasFailed = true
        return probe
    }
}
