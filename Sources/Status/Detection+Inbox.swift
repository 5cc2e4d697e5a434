package import Inbox

extension DaemonStatus.Detection {
    package init(_ status: InboxStatus) {
        self.init(
            eventsRead: status.eventsRead,
            overflows: status.overflows,
            rescans: status.rescans,
            foundByEvent: status.foundByEvent,
            missedByInotify: status.foundByRescan,
            foundByPolling: status.foundByPolling,
            watches: status.watches,
            watchesNeeded: status.watchesNeeded,
            polledFolders: status.polledFolders,
            unreadableFolders: status.unreadableFolders,
            folders: status.folders,
            finished: status.finished
        )
    }
}
