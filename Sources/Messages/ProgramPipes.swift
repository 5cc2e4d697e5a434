import Glibc

/// The two pipes of a program: what it is to read goes in, the start of what it writes comes out.
///
/// Neither ever blocks.
struct ProgramPipes {
    private var input: ArraySlice<UInt8>
    /// -1 once all is written, or nobody reads it.
    private var writing: Int32
    private let reading: Int32
    private var isAtEnd = false
    private var kept: [UInt8] = []
    private static let mostKept = 2000

    init(input: [UInt8], to writing: Int32, output reading: Int32) {
        self.input = input[...]
        self.writing = writing
        self.reading = reading
        for end in [writing, reading] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    /// What was written, as far as it is kept.
    var text: String { String(decoding: kept, as: UTF8.self) }

    mutating func close() {
        Glibc.close(reading)
        closeInput()
    }

    private mutating func closeInput() {
        if writing >= 0 { Glibc.close(writing) }
        writing = -1
    }

    /// Waits until something can be moved, and moves what can be.
    ///
    /// - Parameter limit: Milliseconds.
    mutating func move(within limit: Int32) {
        var both: [pollfd] = []
        if !isAtEnd { both.append(pollfd(fd: reading, events: Int16(POLLIN), revents: 0)) }
        if writing >= 0 { both.append(pollfd(fd: writing, events: Int16(POLLOUT), revents: 0)) }
        // With neither it only sleeps.
        _ = poll(&both, nfds_t(both.count), limit)
        drain()
        feed()
    }

    private mutating func drain() {
        var piece = [UInt8](repeating: 0, count: 1 << 14)
        // As often as a pipe can be full: a program that never stops writing must not keep us here.
        for _ in 0..<8 where !isAtEnd {
            let count = read(reading, &piece, piece.count)
            if count == 0 { isAtEnd = true }
            guard count > 0 else { return }
            kept += piece.prefix(min(count, max(0, Self.mostKept - kept.count)))
        }
    }

    private mutating func feed() {
        guard writing >= 0 else { return }
        let count = Self.withoutPipeSignal { [writing, input] in
            input.withUnsafeBytes { write(writing, $0.baseAddress, $0.count) }
        }
        if count > 0 { input = input.dropFirst(count) }
        let mayGoOn = count >= 0 || errno == EAGAIN || errno == EINTR
        if input.isEmpty || !mayGoOn { closeInput() }
    }

    /// A program may end without reading: that must not be a signal that ends drop360.
    private static func withoutPipeSignal<Result>(_ body: () -> Result) -> Result {
        var (pipe, before) = (sigset_t(), sigset_t())
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        let result = body()
        let error = errno
        var none = timespec()
        // Takes the signal away, which waits for this thread only.
        _ = sigtimedwait(&pipe, nil, &none)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        errno = error
        return result
    }
}
