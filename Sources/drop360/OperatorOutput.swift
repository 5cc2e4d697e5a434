// Whether the compiler takes `stat` for its or for Glibc's changes with the files that it compiles together.
import CoreFoundation
import Foundation
import Glibc
import Logging
import Station
import Synchronization

/// Where the log goes, and in what form: for a terminal, for a pipe, or for journald with its priorities.
final class OperatorOutput: Sendable {
    enum Form: Sendable { case terminal, plain, journal }

    let form: Form
    let hasColour: Bool
    /// The progress display's line at the bottom of the terminal.
    private let footer = Mutex("")

    init(environment: [String: String]) {
        if isatty(STDERR_FILENO) == 1, environment["TERM"] != "dumb" {
            form = .terminal
        } else {
            form = Self.isJournal(environment["JOURNAL_STREAM"]) ? .journal : .plain
        }
        hasColour = form == .terminal && environment["NO_COLOR"] == nil
    }

    var isTerminal: Bool { form == .terminal }

    /// `$JOURNAL_STREAM` holds the device and inode of the journal's stream; a redirected standard error has others.
    static func isJournal(_ stream: String?) -> Bool {
        var status = stat()
        guard let stream, fstat(STDERR_FILENO, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }

    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
        return Int(size.ws_col)
    }

    func logger(level: String) -> Logger {
        var logger = Logger(label: "drop360") { _ in OperatorLog(output: self) }
        logger.logLevel = Logger.Level(rawValue: level) ?? .info
        return logger
    }

    /// Writes one line of the log, above the footer if there is one.
    func write(_ line: String) {
        footer.withLock { footer in
            let clear = footer.isEmpty ? "" : "\r\u{1B}[2K"
            put(clear + line + "\n" + footer, to: STDERR_FILENO)
        }
    }

    /// Replaces the footer with `line`, cut to the terminal's width; an empty line removes it.
    func setFooter(_ line: String) {
        let line = String(line.prefix(Self.columns - 1))
        footer.withLock { footer in
            guard line != footer else { return }
            put("\r\u{1B}[2K" + line, to: STDERR_FILENO)
            footer = line
        }
    }
}

/// One log line: time, level, message, metadata; in the journal its priority and no time, which journald adds.
struct OperatorLog: LogHandler {
    let output: OperatorOutput
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    init(output: OperatorOutput) { self.output = output }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let text = merged.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
        let message = Self.oneLine("\(event.message)")
        switch output.form {
        case .journal: output.write("<\(Self.priority(event.level))>\(message)\(text)")
        case .plain: output.write("\(Self.now()) \(event.level.rawValue) \(message)\(text)")
        case .terminal:
            let time = Self.now().dropFirst(11).prefix(8)
            output.write(
                output.hasColour
                    ? "\(time) \(Self.colour(event.level))\(message)\u{1B}[0m\u{1B}[2m\(text)\u{1B}[0m"
                    : "\(time) \(message)\(text)"
            )
        }
    }

    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func colour(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "\u{1B}[2m"
        case .info: ""
        case .notice: "\u{1B}[36m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }

    private static func now() -> String { Date().formatted(.iso8601) }

    /// Text from outside must neither begin a line of its own nor control the terminal.
    private static func oneLine(_ text: String) -> String { printable(text, limit: 8000) }

    private static func quoted(_ text: String) -> String {
        let line = oneLine(text)
        return line.contains(" ") || line.contains("=") || line.isEmpty
            ? "\"\(line.replacingOccurrences(of: "\"", with: "'"))\"" : line
    }
}
