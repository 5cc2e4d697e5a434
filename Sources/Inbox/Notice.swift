import DropFolder
import Logging
import Station

/// What the scanner writes into the log.
enum Notice: Sendable {
    case diskUnmounted(ItemPath)
    case diskMounted(ItemPath)
    case folderEmptied(ItemPath)
    case rootReplaced(String)
    case otherDisk(root: String, undelivered: Int)
    case silentFileSystem(root: String, kind: String?)
    case probeMissed(root: String)
    case rootNotLookedAt(DropFolderError)
    case unreadable(DropFolderError)
    case tooDeep(ItemPath)
    case missed(ItemPath)
    case overflow(count: UInt64)
    case watchesUsedUp(folders: Int, unwatched: Int)
    case inotifyAvailable

    func log(to logger: Logger) { logger.log(level: level, "\(message)", metadata: metadata) }

    private var level: Logger.Level {
        switch self {
        case .watchesUsedUp: .error
        case .diskUnmounted, .folderEmptied, .otherDisk, .probeMissed, .rootNotLookedAt, .unreadable, .tooDeep: .warning
        case .diskMounted, .rootReplaced, .missed, .overflow, .inotifyAvailable: .notice
        case .silentFileSystem: .info
        }
    }

    private var message: String {
        switch self {
        case .diskUnmounted:
            "A disk or share inside the inbox was unmounted. Its stations are not given up; drop360 continues when it is back."
        case .diskMounted: "A disk or share inside the inbox is mounted again."
        case .folderEmptied:
            "A folder is empty though undelivered stations were in it: a disk may not be mounted there. They are not given up."
        case .rootReplaced: "Another folder or disk has taken the inbox's place; it is listed from the start."
        case .otherDisk:
            "Another disk is in the inbox's place. Stations of the previous one are not given up; those on this one are taken, too."
        case .silentFileSystem:
            "The inbox is on a file system that does not report all changes; it is listed every few seconds."
        case .probeMissed:
            "inotify does not report what happens in the inbox; it is listed every few seconds instead."
        case .rootNotLookedAt: "An inbox cannot be read at the moment; drop360 tries again."
        case .unreadable: "A folder cannot be listed; drop360 tries again."
        case .tooDeep: "Folders more than \(Contents.deepest) deep are skipped."
        case .missed: "The rescan found a change that inotify did not report."
        case .overflow: "Too many changes at once, so that events were lost; every inbox is listed again."
        case .watchesUsedUp:
            "The inotify watches are used up: some folders are listed every few seconds instead, which is slower."
        case .inotifyAvailable: "inotify is available now; inboxes are watched again."
        }
    }

    private var metadata: Logger.Metadata {
        switch self {
        case .diskUnmounted(let place), .diskMounted(let place), .tooDeep(let place): Self.place(place)
        case .folderEmptied(let place):
            Self.place(place).merging([
                "advice": "Mount the disk. If the stations were removed for good, remove the folder, too."
            ]) { $1 }
        case .missed(let item):
            ["inbox.root": "\(printable(item.inbox))", "station.path": "\(printable(item.path))"]
        case .rootReplaced(let root), .probeMissed(let root): ["inbox.root": "\(printable(root))"]
        case .otherDisk(let root, let undelivered):
            ["inbox.root": "\(printable(root))", "inbox.waiting": "\(undelivered)"]
        case .silentFileSystem(let root, let kind):
            ["inbox.root": "\(printable(root))", "file-system": "\(kind ?? "unknown")"]
        case .rootNotLookedAt(let error), .unreadable(let error): ["error": "\(error)"]
        case .overflow(let count): ["inotify.overflows": "\(count)"]
        case .watchesUsedUp(let folders, let unwatched):
            [
                "inbox.folders": "\(folders)", "inbox.unwatched": "\(unwatched)",
                "advice": "\(NotifyLimits.current().sysctl(folders: folders))",
            ]
        case .inotifyAvailable: [:]
        }
    }

    private static func place(_ place: ItemPath) -> Logger.Metadata {
        ["inbox.root": "\(printable(place.inbox))", "folder.path": "\(printable(place.path))"]
    }
}
