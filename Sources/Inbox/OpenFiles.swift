import Station

/// Files that a program is writing, as far as inotify reported; a plain value.
struct OpenFiles: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// By name, when the file was opened or last found to have grown.
    private var files: [NodeID: [String: Instant]] = [:]

    /// - Parameter writing: By name, whether its last event was a beginning.
    mutating func note(_ writing: [String: Bool], in id: NodeID, at now: Instant) {
        guard !writing.isEmpty else { return }
        var open = files[id] ?? [:]
        for (name, isOpen) in writing { open[name] = isOpen ? now : nil }
        files[id] = open.isEmpty ? nil : open
    }

    func names(in id: NodeID) -> Set<String> { Set(files[id]?.keys.map(\.self) ?? []) }

    func isOpen(_ name: String, in id: NodeID) -> Bool { files[id]?[name] != nil }

    /// Records that an open file was still changing.
    mutating func noteGrowth(of name: String, in id: NodeID, at now: Instant) {
        if files[id]?[name] != nil { files[id]?[name] = now }
    }

    /// Treats the files in a folder as closed that have been open for ``ScanIntervals/openFile`` without a change.
    ///
    /// A file that was put in place by a hard link is never closed, and a writer may hang for ever: after some time what is there is taken
    /// for what it is.
    ///
    /// - Returns: Whether there were any, and when the next one is due.
    mutating func giveUp(in id: NodeID, at now: Instant) -> (any: Bool, next: Instant?) {
        guard let open = files[id] else { return (false, nil) }
        // Appointments are kept to the second.
        let left = open.filter { $0.value.advanced(by: ScanIntervals.openFile - .seconds(1)) > now }
        files[id] = left.isEmpty ? nil : left
        return (left.count < open.count, left.values.min()?.advanced(by: ScanIntervals.openFile))
    }

    mutating func forget(_ id: NodeID) { files[id] = nil }
}
