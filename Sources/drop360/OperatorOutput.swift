// Whether the compiler takes `stat` for its or for Glibc's changes with the files that it compiles together.
import CoreFoundation
import Foundation
import Glibc
import Logging
import Logs
import Station
import Synchronization

/// Where the log goes, and in what form: for a terminal, for a pipe, or for journald with its priorities.
final class OperatorOutput: Sendable {
    enum Form: Sendable { case terminal, plain, journal }

    let form: Form
    let hasColour: Bool
    /// The progress display's line at the bottom of the terminal.
    private let footer = Mutex("")
    /// Nil where standard error is not the journal.
    private let journal: JournalSocket?
    private let repeats = Mutex(RepeatLimit())

    init(environment: [String: String]) {
        if isatty(STDERR_FILENO) == 1, environment["TERM"] != "dumb" {
            form = .terminal
        } else {
            form = Self.isJournal(environment["JOURNAL_STREAM"]) ? .journal : .plain
        }
        hasColour = form == .terminal && environment["NO_COLOR"] == nil
        journal = form == .journal ? JournalSocket() : nil
    }

    /// Whether a line about trouble is to be written, and how often it was left out before.
    func decide(_ cause: String) -> RepeatLimit.Decision {
        repeats.withLock { $0.decide(cause, at: .now) }
    }

    /// What was left out of the log, and is told now.
    func takeLeftOut() -> [RepeatLimit.LeftOut] { repeats.withLock { $0.takeLeftOut(at: .now) } }

    /// Writes one line into the journal with its fields; where journald does not take it, as a line of standard error.
    func write(_ fields: JournalFields, _ level: Logger.Level, _ line: String) {
        if journal?.send(fields) == true { return }
        write("<\(level.priority)>\(line)")
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
        write(event)
        for left in output.takeLeftOut() {
            write(.notice, left.message, ["repeated": "\(left.times)", "note": "left out within the last hour"])
        }
    }

    private func write(_ event: LogEvent) {
        var values = metadata.merging(event.metadata ?? [:]) { _, new in new }.mapValues { Self.oneLine("\($0)") }
        let message = Self.oneLine("\(event.message)")
        if event.level >= .notice, let cause = RepeatLimit.cause(of: message, values) {
            switch output.decide(cause) {
            case .leaveOut: return
            case .write(let repeated) where repeated > 0: values["repeated"] = "\(repeated)"
            case .write: break
            }
        }
        write(event.level, message, values)
    }

    private func write(_ level: Logger.Level, _ message: String, _ values: [String: String]) {
        let text = values.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted($0.value))" }.joined()
        switch output.form {
        case .journal:
            let line = message + text
            output.write(JournalFields(level, message: line, metadata: values), level, line)
        case .plain: output.write("\(Self.now()) \(level.rawValue) \(message)\(text)")
        case .terminal:
            let time = Self.now().dropFirst(11).prefix(8)
            output.write(
                output.hasColour
                    ? "\(time) \(Self.colour(level))\(message)\u{1B}[0m\u{1B}[2m\(text)\u{1B}[0m"
                    : "\(time) \(message)\(text)"
            )
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

    private static func quoted(_ line: String) -> String {
        line.contains(" ") || line.contains("=") || line.isEmpty
            ? "\"\(line.replacingOccurrences(of: "\"", with: "'"))\"" : line
    }
}
