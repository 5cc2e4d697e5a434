package import DropFolder
package import Station

/// One watched folder and how it is watched.
package struct InboxSettings: Sendable, Equatable {
    /// Absolute, without a slash at its end.
    ///
    /// May be a symbolic link. Inboxes must not lie in one another.
    package var root: String
    /// How long a station must not have changed before it is looked into.
    package var settle: Duration
    package var detection: Detection
    package var ignore: IgnoreRules
    /// Whether an empty file of drop360's own may be written into the inbox for a moment, to see whether inotify tells of it.
    package var mayProbe: Bool

    package init(
        root: String,
        settle: Duration = .seconds(2),
        detection: Detection = .auto,
        ignore: IgnoreRules = IgnoreRules(),
        mayProbe: Bool = false
    ) {
        self.mayProbe = mayProbe
        self.root = root
        self.settle = settle
        self.detection = detection
        self.ignore = ignore
    }
}
