/// A folder outside all inboxes whose writers are watched: one inotify instance serves everything.
package struct StateDirectoryWatch: Sendable {
    package var folder: String
    /// The prefix of the names that count.
    package var prefix: String
    /// Called on the scanner's thread whenever another process may have closed such a file after writing.
    package var ring: @Sendable () -> Void

    package init(folder: String, prefix: String, ring: @escaping @Sendable () -> Void) {
        self.folder = folder
        self.prefix = prefix
        self.ring = ring
    }
}
