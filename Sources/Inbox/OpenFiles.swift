/// Files that a program is writing, as far as inotify reported; a plain value.
struct OpenFiles: Sendable {
    private var names: [NodeID: Set<String>] = [:]

    /// - Parameter writing: By name, whether its last event was a beginning.
    mutating func note(_ writing: [String: Bool], in id: NodeID) {
        guard !writing.isEmpty else { return }
        var open = names[id] ?? []
        for (name, isOpen) in writing {
            if isOpen { open.insert(name) } else { open.remove(name) }
        }
        names[id] = open.isEmpty ? nil : open
    }

    func names(in id: NodeID) -> Set<String> { names[id] ?? [] }

    /// Treats the files in a folder as closed; returns whether any counted as open.
    ///
    /// A file that was put in place by a hard link is never closed, and a writer may hang for ever: after some time what is there is taken
    /// for what it is.
    mutating func giveUp(in id: NodeID) -> Bool { names.removeValue(forKey: id) != nil }

    mutating func forget(_ id: NodeID) { names[id] = nil }
}
