import ArgumentParser
import Glibc

/// Writes all of `text`, and says whether that was possible.
///
/// Not by `FileHandle`, which ends the process where a log's disk is full or its reader is gone.
@discardableResult
func put(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            bytes.removeFirst(count)
            continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN:
            // A terminal or pipe that somebody else made non-blocking: it gets a second, and then the rest is lost.
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 1000) > 0 else { return false }
        default: return false
        }
    }
    return true
}

/// Standard output, for facts: where they can't be written, the command has failed.
func show(_ text: String) {
    guard !put(text + "\n", to: STDOUT_FILENO) else { return }
    Exit.say("Standard output takes nothing more: \(String(cString: strerror(errno))).")
    exit(Exit.refused.rawValue)
}
