import DropFolder
import Glibc

/// The bits of inotify that drop360 uses.
enum NotifyMask {
    private static func bits(_ values: Int32...) -> UInt32 { values.reduce(0) { $0 | UInt32(bitPattern: $1) } }

    /// Everything that makes a folder worth listing.
    ///
    /// No OPEN, ACCESS or CLOSE_NOWRITE, which our own reading would
    /// make, and no MODIFY, which fills the kernel's queue with every write.
    static let folder = bits(
        IN_CREATE,
        IN_CLOSE_WRITE,
        IN_MOVED_FROM,
        IN_MOVED_TO,
        IN_ATTRIB,
        IN_DELETE,
        IN_DELETE_SELF,
        IN_MOVE_SELF
    )
    /// For the folder that an inbox is in.
    static let aboveRoot = bits(IN_CREATE, IN_MOVED_FROM, IN_MOVED_TO, IN_DELETE, IN_DELETE_SELF, IN_MOVE_SELF)
    /// Flags for adding a watch.
    ///
    /// A folder above an inbox may be watched for another reason, too: masks are combined.
    static let manner = bits(IN_ONLYDIR, IN_EXCL_UNLINK, IN_MASK_ADD)

    static let overflow = bits(IN_Q_OVERFLOW)
    static let ended = bits(IN_IGNORED)
    static let unmounted = bits(IN_UNMOUNT)
    static let created = bits(IN_CREATE)
    static let closed = bits(IN_CLOSE_WRITE)
    /// After these events a file is not being written under its name, as far as is known.
    static let atRest = bits(IN_CLOSE_WRITE, IN_DELETE, IN_MOVED_FROM, IN_MOVED_TO)
    static let ofFolder = bits(IN_ISDIR)
    static let departure = bits(IN_MOVED_FROM, IN_DELETE)
    static let selfGone = bits(IN_DELETE_SELF, IN_MOVE_SELF)
}

/// One event as the kernel reported it.
struct NotifyEvent: Equatable, Sendable {
    /// −1 for an overflow.
    var watch: Int32
    var mask: UInt32
    /// In the folder; nil for what happened to the folder itself, and for names that are not UTF-8.
    var name: String?
}

/// Why a folder got no watch.
enum NotifyFailure: Error, Equatable {
    /// The user's watches are used up.
    case noWatchLeft
    case gone
    case refused(Int32)
}

/// The one inotify instance, with a pipe that ends its reader.
final class NotifyInstance: Sendable {
    private let queue: Int32
    private let stopRead: Int32
    private let stopWrite: Int32

    /// Why there is no inotify here.
    struct Unavailable: Error {
        var code: Int32
    }

    init() throws(Unavailable) {
        let queue = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard queue >= 0 else { throw Unavailable(code: errno) }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            let code = errno
            close(queue)
            throw Unavailable(code: code)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.queue = queue
        stopRead = ends[0]
        stopWrite = ends[1]
    }

    deinit {
        close(queue)
        close(stopRead)
        close(stopWrite)
    }

    /// Stops reading for good.
    func stop() {
        var byte: UInt8 = 0
        // The pipe is empty and open as long as the instance is: one byte always fits.
        _ = write(stopWrite, &byte, 1)
    }

    /// Watches the open folder, whatever its path is by now; returns its existing watch if it has one.
    func watch(_ folder: borrowing OpenFolder, for mask: UInt32) -> Result<Int32, NotifyFailure> {
        // By descriptor: the path could lead elsewhere by now.
        let watch = inotify_add_watch(queue, "/proc/self/fd/\(folder.descriptor)", mask | NotifyMask.manner)
        guard watch < 0 else { return .success(watch) }
        return switch errno {
        case ENOSPC: .failure(.noWatchLeft)
        case ENOENT, ENOTDIR: .failure(.gone)
        default: .failure(.refused(errno))
        }
    }

    func unwatch(_ watch: Int32) {
        // Fails only where the kernel has ended the watch itself.
        _ = inotify_rm_watch(queue, watch)
    }

    /// Passes on everything the kernel reports, mounts and unmounts included, and does nothing else, until `stop`
    /// is called: blocks.
    func read(into mailbox: Mailbox) {
        let size = 256 * 1024
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: size,
            alignment: MemoryLayout<inotify_event>.alignment
        )
        defer { buffer.deallocate() }
        // poll skips a negative descriptor: without /proc, mounts are noticed by the check of the inboxes every few seconds.
        let mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
        defer { if mounts >= 0 { close(mounts) } }
        // It reports what comes from now on; the table may have been read before.
        if mounts >= 0 { mailbox.ask { $0.mountsChanged = true } }
        var polled = [
            pollfd(fd: queue, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stopRead, events: Int16(POLLIN), revents: 0),
            pollfd(fd: mounts, events: Int16(POLLPRI), revents: 0),
        ]
        while true {
            guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else { return }
            guard polled[1].revents == 0 else { return }
            // The kernel adds POLLERR, once for each change.
            if polled[2].revents & Int16(POLLPRI) != 0 { mailbox.ask { $0.mountsChanged = true } }
            let count = Glibc.read(queue, buffer.baseAddress, size)
            if count > 0 { mailbox.deliver(Self.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]))) }
        }
    }

    static func parse(_ bytes: UnsafeRawBufferPointer) -> [NotifyEvent] {
        var events: [NotifyEvent] = []
        var offset = 0
        let header = MemoryLayout<inotify_event>.size
        while offset + header <= bytes.count {
            let watch = bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
            let mask = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            let length = bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self)
            let name = bytes[(offset + header)..<min(bytes.count, offset + header + Int(length))].prefix { $0 != 0 }
            let text = name.isEmpty ? nil : String(validating: name, as: UTF8.self)
            events.append(NotifyEvent(watch: watch, mask: mask, name: text))
            offset += header + Int(length)
        }
        return events
    }
}
