import Glibc
package import Station

/// Why a crew's file or folder could not be read.
package enum DropFolderError: OperatorFacingError, Equatable {
    /// It does not exist, or no longer exists.
    case missing(path: String)
    /// drop360's user may not read it. drop360 waits until the permissions change.
    case noPermission(path: String)
    /// A symlink, FIFO, socket, device or folder where a file should be. Never opened, never followed.
    case notRegular(path: String, kind: EntryKind)
    /// The source can't be read at the moment: an I/O error, an unplugged disk, a lost share, no file descriptors left.
    case unavailable(path: String, code: Int32)

    package init(errno code: Int32, path: String) {
        switch code {
        case ENOENT, ENOTDIR: self = .missing(path: path)
        case EACCES, EPERM: self = .noPermission(path: path)
        case ELOOP: self = .notRegular(path: path, kind: .symlink)
        case ENXIO, ENODEV: self = .notRegular(path: path, kind: .other)
        default: self = .unavailable(path: path, code: code)
        }
    }

    /// Whether the cause is this process or machine, not the file: no descriptors or no memory left.
    package var isOwnShortage: Bool {
        if case .unavailable(_, let code) = self { [EMFILE, ENFILE, ENOMEM].contains(code) } else { false }
    }

    package var summary: String {
        switch self {
        case .missing(let path): "\(printable(path)) does not exist."
        case .noPermission(let path): "drop360 has no permission to read \(printable(path)); it waits until it has."
        case .notRegular(let path, let kind):
            "\(printable(path)) is \(kind.words), not a regular file; it was not opened."
        case .unavailable(let path, let code):
            "\(printable(path)) cannot be read at the moment (\(String(cString: strerror(code)))); drop360 tries again."
        }
    }

    package var advice: String? {
        switch self {
        case .missing: nil
        case .noPermission: "Give drop360's user permission to read it (for instance `chmod -R a+rX` on the folder)."
        case .notRegular: "Replace it with the file itself."
        case .unavailable where isOwnShortage:
            "The inbox is fine: drop360 or the machine has too many files open, or no memory left. See `LimitNOFILE` in the unit."
        case .unavailable: "Check the disk or share that holds the inbox."
        }
    }

    package var remedy: Remedy {
        switch self {
        case .missing, .notRegular: .release
        case .noPermission, .unavailable: .retry(after: nil)
        }
    }
}
