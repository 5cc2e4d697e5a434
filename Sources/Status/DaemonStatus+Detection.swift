extension DaemonStatus {
    /// How stations are found: counts since the start of the daemon, except where they say "now".
    package struct Detection: Codable, Sendable, Equatable {
        /// Events received from inotify.
        package var eventsRead: UInt64
        /// How often the kernel lost events, so that everything was listed again.
        package var overflows: UInt64
        /// Finished full listings.
        package var rescans: UInt64
        /// Changes of folders that inotify reported.
        package var foundByEvent: UInt64
        /// Changes that inotify should have reported, and that a full listing found.
        package var missedByInotify: UInt64
        /// Changes found where inotify reports nothing: on shares, in folders without a watch, in finished stations.
        package var foundByPolling: UInt64
        /// inotify watches in use now.
        package var watches: Int
        /// Watches that all folders in need of one would take now.
        package var watchesNeeded: Int
        /// Folders of watched inboxes that could get no watch and are listed every few seconds.
        package var polledFolders: Int
        /// Folders that may not or cannot be read now.
        package var unreadableFolders: Int
        /// Folders below all inboxes now.
        package var folders: Int
        /// Stations with no work left; they hold no watch.
        package var finished: Int

        package init(
            eventsRead: UInt64 = 0,
            overflows: UInt64 = 0,
            rescans: UInt64 = 0,
            foundByEvent: UInt64 = 0,
            missedByInotify: UInt64 = 0,
            foundByPolling: UInt64 = 0,
            watches: Int = 0,
            watchesNeeded: Int = 0,
            polledFolders: Int = 0,
            unreadableFolders: Int = 0,
            folders: Int = 0,
            finished: Int = 0
        ) {
            self.eventsRead = eventsRead
            self.overflows = overflows
            self.rescans = rescans
            self.foundByEvent = foundByEvent
            self.missedByInotify = missedByInotify
            self.foundByPolling = foundByPolling
            self.watches = watches
            self.watchesNeeded = watchesNeeded
            self.polledFolders = polledFolders
            self.unreadableFolders = unreadableFolders
            self.folders = folders
            self.finished = finished
        }

        /// Whether the two differ only in what grows while nothing happens.
        package func isEquivalent(to other: Self) -> Bool {
            var same = other
            same.rescans = rescans
            same.eventsRead = eventsRead
            return same == self
        }

        /// One line for people.
        package var words: String {
            var words = "\(folders) folders, \(finished) of them finished stations; \(watches) watches"
            if polledFolders > 0 { words += "; no watch left for \(polledFolders), which are listed every few seconds" }
            if unreadableFolders > 0 { words += "; \(unreadableFolders) cannot be read" }
            words += "; found \(foundByEvent) by events, \(foundByPolling) by listing"
            if missedByInotify > 0 { words += ", \(missedByInotify) missed by inotify and found by the rescan" }
            if overflows > 0 { words += "; \(overflows) overflows" }
            return words
        }
    }
}
