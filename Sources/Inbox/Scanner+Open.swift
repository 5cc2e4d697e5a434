import Station

// Files that a program holds open for writing.
extension Scanner {
    /// Takes what inotify told of files' beginnings and ends.
    mutating func note(_ writing: [String: Bool], in id: NodeID) {
        guard !writing.isEmpty else { return }
        var open = beingWritten[id] ?? []
        for (name, isOpen) in writing {
            if isOpen { open.insert(name) } else { open.remove(name) }
        }
        beingWritten[id] = open.isEmpty ? nil : open
    }

    /// A file that was put in place by a hard link is never closed, and a writer may hang for ever: after some time what is there is taken
    /// for what it is.
    mutating func giveUpOpenFiles(of id: NodeID) {
        guard beingWritten.removeValue(forKey: id) != nil else { return }
        work.add(id, because: .recheck)
    }
}
