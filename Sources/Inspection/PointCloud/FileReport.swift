package import DropFolder
package import Station

/// The verdict on one E57 file, or zip of E57 files, at one moment.
package enum FileVerdict: Equatable, Sendable {
    /// It can be delivered.
    case accepted(ItemContent)
    /// The file or its sidecar is wrong.
    case rejected([Problem])
    /// It is still being written, or may not be read.
    case incomplete([Problem])
    /// An archive that holds something else and that nobody has to do anything about.
    case leftAlone
    /// The file or its sidecar changed or vanished while it was read: inspect it again.
    case changed
    /// The disk or share does not respond: inspect it again later.
    case unavailable(DropFolderError)
}

/// The result of inspecting one E57 file.
package struct FileReport: Equatable, Sendable {
    package var item: ItemPath
    /// What an accepted file becomes.
    package var kind: ItemKind
    /// ``FileSnapshot/stamp`` of what was inspected.
    package var stamp: Stamp
    /// Bytes; nil where it could not be opened.
    package var size: Int64?
    package var verdict: FileVerdict
    /// Worth mentioning, but not a reason to refuse the file.
    package var notes: [Problem]
    /// It is refused only because it looks cut short or has a hole, which a running copy may still fix.
    package var mayBeUnfinished: Bool
    /// The id of the site that it belongs to, as far as that is known, even if it is not accepted.
    package var site: String?

    package init(
        _ snapshot: FileSnapshot,
        kind: ItemKind,
        verdict: FileVerdict,
        notes: [Problem] = [],
        mayBeUnfinished: Bool = false,
        site: String? = nil
    ) {
        item = snapshot.item
        self.kind = kind
        stamp = snapshot.stamp
        size = snapshot.size
        self.verdict = verdict
        self.notes = notes
        self.mayBeUnfinished = mayBeUnfinished
        self.site = site
    }

    /// Of something that could not be opened.
    init(_ item: ItemPath, kind: ItemKind, verdict: FileVerdict) {
        self.item = item
        self.kind = kind
        stamp = Stamp(rawValue: "")
        self.verdict = verdict
        (notes, mayBeUnfinished) = ([], false)
    }
}
