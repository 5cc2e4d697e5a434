package import DropFolder
package import Station

/// What may be an item: a folder that holds something of a station, or a single file.
package enum Candidate: Sendable, Equatable {
    case folder(FolderSnapshot)
    case file(FileSnapshot)

    package var item: ItemPath {
        switch self {
        case .folder(let snapshot): snapshot.item
        case .file(let snapshot): snapshot.item
        }
    }

    package var stamp: Stamp {
        switch self {
        case .folder(let snapshot): snapshot.stamp
        case .file(let snapshot): snapshot.stamp
        }
    }
}
