import Glibc

/// Wakes one waiting thread by a descriptor.
///
/// `poll` counts its time by a clock that cannot be set. The time limit of a dispatch semaphore is, on Linux, one of the wall clock: set
/// back by a day in the middle of it, it would be over a day later.
final class ThreadBell: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Without descriptors left it can't be rung; `wait` then returns by itself every now and then.
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        guard readEnd >= 0 else { return }
        close(readEnd)
        close(writeEnd)
    }

    /// A ring while nobody waits is kept for the next wait.
    func ring() {
        var byte: UInt8 = 0
        // If the pipe is full, it has been rung often enough.
        _ = write(writeEnd, &byte, 1)
    }

    /// Blocks the calling thread until a ring, or until the time is over; several rings count as one.
    func wait(atMost limit: Duration) {
        let isDeaf = readEnd < 0
        let (seconds, attoseconds) = max(.zero, min(limit, isDeaf ? .milliseconds(200) : .seconds(86_400))).components
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        // A negative descriptor is skipped.
        var polled = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, Int32(milliseconds)) > 0 else { return }
        var rings = [UInt8](repeating: 0, count: 256)
        while read(readEnd, &rings, rings.count) > 0 {}
    }
}
