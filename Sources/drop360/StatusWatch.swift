import ArgumentParser
import Foundation
import Glibc
import Ledger
import Station
import Status
import UnixSignals

/// In characters.
struct TerminalSize: Equatable, Sendable {
    var columns = 80
    var rows = 24

    /// Of standard output; the usual size where it has none.
    static var current: TerminalSize {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1, size.ws_row > 1 else {
            return .init()
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}

/// `status --watch`: looks once a second whether anything was written to the ledger, and shows what has changed, until interrupted.
struct StatusWatch {
    enum Form {
        case terminal, lines, json

        static var current: Form { isatty(STDOUT_FILENO) == 1 ? .terminal : .lines }
    }

    let source: WatchSource
    let form: Form

    /// Looks without a change in the ledger: for what is not in it, such as a daemon that was killed.
    private static let longestPause = 5

    func run() async throws {
        defer { if form == .terminal { put("\u{1B}[?25h\n", to: STDOUT_FILENO) } }
        if form == .terminal { put("\u{1B}[?25l\u{1B}[2J", to: STDOUT_FILENO) }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { for await _ in signals { return } }
            tasks.addTask { [self] in try await show() }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    private func show() async throws {
        var shown = Shown()
        var version: Int?
        var picture: WatchPicture?
        for turn in 0... {
            let present = try await source.version()
            if present != version || picture == nil || turn % Self.longestPause == 0 {
                picture = try await source.picture()
                version = present
            }
            if let picture { try write(picture, &shown) }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    private struct Shown {
        var text = ""
        var size = TerminalSize()
    }

    private func write(_ picture: WatchPicture, _ shown: inout Shown) throws {
        switch form {
        case .terminal:
            let size = TerminalSize.current
            let lines = picture.screen(size, at: Date())
            // Over what stands there: what is drawn again looks the same in between.
            let clear = size == shown.size ? "" : "\u{1B}[2J"
            let text = clear + "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
            shown.size = size
            put(text, to: STDOUT_FILENO)
        case .lines:
            guard picture.line != shown.text else { return }
            shown.text = picture.line
            drop360.show("\(Date().formatted(.iso8601)) \(picture.line)")
        case .json:
            let encoder = JSONEncoder.facts
            encoder.outputFormatting.remove(.prettyPrinted)
            var status = picture.status
            status.transfers = picture.transfers.map {
                .init(station: $0.station.rawValue, path: $0.path, total: $0.total, sent: $0.sent)
            }
            let text = String(decoding: try encoder.encode(status), as: UTF8.self)
            guard text != shown.text else { return }
            shown.text = text
            drop360.show(text)
        }
    }
}
