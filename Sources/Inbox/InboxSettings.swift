package import DropFolder
package import Station

/// One watched folder and how it is watched.
package struct InboxSettings: Sendable, Equatable {
    /// Absolute, without a slash at its end.
    ///
    /// May be a symbolic link. Inboxes must not be inside one another.
    package var root: String
    /// How long a station must have been unchanged before it is inspected.
    package var settle: Duration
    package var detection: Detection
    package var ignore: IgnoreRules
    /// Whether an empty file of drop360's own may be written into the inbox for a moment, to see whether inotify reports it.
    package var mayProbe: Bool

    /// How the names end, in small letters and without the dot, of single files that are candidates of their own.
    package var fileEndings: Set<String>

    package init(
        root: String,
        settle: Duration = .seconds(2),
        detection: Detection = .auto,
        ignore: IgnoreRules = IgnoreRules(),
        mayProbe: Bool = false,
        fileEndings: Set<String> = []
    ) {
        self.fileEndings = fileEndings
        self.mayProbe = mayProbe
        self.root = root
        self.settle = settle
        self.detection = detection
        self.ignore = ignore
    }

    /// Whether E57 files are candidates.
    package var wantsE57: Bool { fileEndings.contains("e57") }

    /// Whether a file of this name is a candidate of its own.
    ///
    /// A folder with such a name is none; it may be a hindrance.
    package func watchesFile(_ name: String) -> Bool {
        guard !fileEndings.isEmpty, let dot = name.lastIndex(of: "."), dot != name.startIndex else { return false }
        return fileEndings.contains(name[name.index(after: dot)...].lowercased())
            && ignore.role(of: name, kind: .file) == .other
    }

    /// Whether something under this name concerns a file that is a candidate: the file itself, or its sidecar.
    func concernsFile(_ name: String) -> Bool {
        watchesFile(name) || !fileEndings.isEmpty && IgnoreRules.isFileSidecar(name)
    }
}
