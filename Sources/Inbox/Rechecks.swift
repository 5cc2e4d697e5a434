/// Folders and items that are listed again without an event; a plain value.
struct Rechecks: Sendable {
    private struct Request: Hashable {
        var inbox: Int
        var path: ExactName
    }

    /// The pause after which a folder is listed again whose item was emitted and isn't final: an open file may still grow.
    private var pauses: [NodeID: Duration] = [:]
    /// Requests whose time has not come, and whether they are awaited.
    private var requests: [Request: Bool] = [:]

    // MARK: After an item was emitted

    /// Begins to follow a folder up; returns the first pause.
    mutating func follow(_ id: NodeID) -> Duration {
        pauses[id] = ScanIntervals.settlingFolder
        return ScanIntervals.settlingFolder
    }

    /// Records that the pause is over.
    ///
    /// - Parameter rescanInterval: The rescan takes over from pauses as long as this.
    /// - Returns: Whether the folder must be listed, and after what pause again: twice as long each time.
    mutating func takePause(of id: NodeID, rescanInterval: Duration) -> (isDue: Bool, next: Duration?) {
        guard let pause = pauses[id] else { return (false, nil) }
        let next = pause * 2 < rescanInterval ? pause * 2 : nil
        pauses[id] = next
        return (true, next)
    }

    mutating func forget(_ id: NodeID) { pauses[id] = nil }

    // MARK: On request

    mutating func request(_ path: ExactName, in inbox: Int, isAwaited: Bool) {
        let request = Request(inbox: inbox, path: path)
        requests[request] = isAwaited || requests[request] == true
    }

    mutating func take(_ path: ExactName, in inbox: Int) { requests[Request(inbox: inbox, path: path)] = nil }

    /// Requests whose time has not come.
    var pending: Int { requests.count }
    /// Those of them that are awaited.
    var awaited: Int { requests.values.count { $0 } }
}
