import Glibc
package import Station

/// Why a file or folder of the crew could not be read.
package enum DropFolderError: OperatorFacingError, Equatable {
    /// Not there, or no longer.
    case missing(path: String)
    /// drop360's user may not read it. Waits for the rights to change.
    case noPermission(path: String)
    /// A symlink, FIFO, socket, device or folder in the place of a file. Never opened, never followed.
    case notRegular(path: String, kind: EntryKind)
    /// The source can't be read now: an I/O error, an unplugged disk, a lost share, no file descriptors left.
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

    /// Whether it says something of this process or machine and nothing of the file: no descriptors or no memory are left just now.
    package var isOwnShortage: Bool {
        if case .unavailable(_, let code) = self { [EMFILE, ENFILE, ENOMEM].contains(code) } else { false }
    }

    package var summary: String {
        switch self {
        case .missing(let path): "\(printable(path)) is not there."
        case .noPermission(let path): "drop360 may not read \(printable(path)); it waits until it may."
        case .notRegular(let path, let kind): "\(printable(path)) is \(kind.words), not a plain file; it is not opened."
        case .unavailable(let path, let code):
            "\(printable(path)) cannot be read at the moment (\(String(cString: strerror(code)))); drop360 tries again."
        }
    }

    package var advice: String? {
        switch self {
        case .missing: nil
        case .noPermission: "Give drop360's user the right to read it (for instance `chmod -R a+rX` on the folder)."
        case .notRegular: "Put the file itself in its place."
        case .unavailable where isOwnShortage:
            "Nothing is wrong with the inbox: drop360 or the machine has too many files open, or no memory left. See `LimitNOFILE` in the unit."
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
