import Glibc

/// The pipes of a program: what it is to read goes in, the start of what it writes comes out.
///
/// None ever blocks, and all are served at once: a program that fills one while another is waited for would wait for ever.
struct ProgramPipes {
    private struct Output {
        let reading: Int32
        let limit: Int
        var kept: [UInt8] = []
        var isAtEnd = false
        var isCut = false

        mutating func drain() {
            var piece = [UInt8](repeating: 0, count: 1 << 14)
            // As often as a pipe can be full: a program that never stops writing must not keep us here.
            for _ in 0..<8 where !isAtEnd {
                let count = read(reading, &piece, piece.count)
                if count == 0 { isAtEnd = true }
                guard count > 0 else { return }
                let room = max(0, limit - kept.count)
                kept += piece.prefix(min(count, room))
                if count > room { isCut = true }
            }
        }
    }

    private var input: ArraySlice<UInt8>
    /// -1 once all is written, or nobody reads it.
    private var writing: Int32
    private var outputs: [Output]

    /// - Parameters:
    ///   - input: What is written to `writing`.
    ///   - outputs: What is read, and how many bytes of each are kept; the others are read and dropped.
    init(input: [UInt8], to writing: Int32, outputs: [(reading: Int32, limit: Int)]) {
        self.input = input[...]
        self.writing = writing
        self.outputs = outputs.map { Output(reading: $0.reading, limit: $0.limit) }
        for end in [writing] + outputs.map(\.reading) { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    /// What was written to each, as far as it is kept, and whether that is not all.
    var written: [(bytes: [UInt8], isCut: Bool)] { outputs.map { ($0.kept, $0.isCut) } }

    mutating func close() {
        for output in outputs { Glibc.close(output.reading) }
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
        var all = outputs.filter { !$0.isAtEnd }.map { pollfd(fd: $0.reading, events: Int16(POLLIN), revents: 0) }
        if writing >= 0 { all.append(pollfd(fd: writing, events: Int16(POLLOUT), revents: 0)) }
        // Without any it only sleeps.
        _ = poll(&all, nfds_t(all.count), limit)
        for index in outputs.indices { outputs[index].drain() }
        feed()
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
