/// The state of the inboxes at one moment.
package struct InboxStatus: Sendable, Equatable {
    /// Whether an inbox can be read.
    package enum Root: Sendable, Equatable {
        /// Not checked yet.
        case unknown
        /// There; `polled` where it is listed again and again instead of watched.
        case available(polled: Bool)
        case lost(InboxTrouble)
    }

    /// Every inbox that can be read has been listed completely once since it was found.
    package var firstScanDone = false
    /// Folders that are changing, wait for their quiet time, or are known to need a listing.
    ///
    /// A folder leaves this number in the same step in which its event enters ``emitted``.
    package var settling = 0
    /// Rechecks that were requested with a delay that has not passed.
    package var pendingRechecks = 0
    /// All events put into the stream so far.
    package var emitted: UInt64 = 0
    /// Events that inotify has reported.
    package var eventsRead: UInt64 = 0
    /// How often events were lost, so that everything was listed again.
    package var overflows: UInt64 = 0
    /// Finished listings of one whole inbox, beyond the first.
    package var rescans: UInt64 = 0
    /// Folders whose change inotify reported.
    package var foundByEvent: UInt64 = 0
    /// Folders of watched inboxes whose change only a rescan found: missed by inotify.
    package var foundByRescan: UInt64 = 0
    /// Changes that a rescan found just now, and that inotify may still report.
    package var unexplained = 0
    /// Folders found changed where nothing can be reported: inboxes and folders that are polled, and finished stations.
    package var foundByPolling: UInt64 = 0
    /// inotify watches in use.
    package var watches = 0
    /// Folders below all inboxes, the inboxes themselves and finished stations included.
    package var folders = 0
    /// Folders in watched inboxes that could get no watch and are listed every few seconds.
    package var polledFolders = 0
    /// Finished stations; they hold no watch.
    package var finished = 0
    /// The state directory's writers are reported by inotify.
    package var watchesStateDirectory = false
    /// Watches that would be needed for every folder of watched inboxes.
    package var watchesNeeded = 0
    /// By inbox: disks that were mounted below it and no longer are.
    package var absentMounts: [String: [String]] = [:]
    /// Folders that may not or cannot be read; they are tried again.
    package var unreadableFolders = 0
    /// The last turn of the scanner; it takes one at least every five seconds unless a file system call hangs.
    package var lastProgress: ContinuousClock.Instant
    /// By inbox, as the settings spell it.
    package var roots: [String: Root] = [:]
}
