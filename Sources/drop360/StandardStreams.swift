import ArgumentParser
import Glibc

/// Writes all of `text`; returns whether that succeeded.
///
/// Not with `FileHandle`, which ends the process if a log's disk is full or its reader is gone.
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
            // Another process made the terminal or pipe non-blocking: wait up to a second, then drop the rest.
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 1000) > 0 else { return false }
        default: return false
        }
    }
    return true
}

/// Writes results to standard output; if that fails, so does the command.
func show(_ text: String, terminator: String = "\n") {
    guard !put(text + terminator, to: STDOUT_FILENO) else { return }
    Exit.printNotice("Cannot write to standard output: \(String(cString: strerror(errno))).")
    exit(Exit.refused.rawValue)
}
