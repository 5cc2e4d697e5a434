/// One thing that is wrong with a station, or worth noting about it, reported to the crew, who can act on it.
///
/// `code` is a stable word in kebab-case that scripts may match (`face-missing`); `message` says what is wrong and what to
/// do, in one line; `file` is the file's name inside the station's folder.
package struct Problem: Equatable, Codable, Sendable, Hashable {
    package var code: String
    package var message: String
    package var file: String?

    package init(_ code: String, _ message: String, file: String? = nil) {
        self.code = code
        self.message = message
        self.file = file
    }

    /// One line for a report or a terminal; it names the file unless the message already does.
    package var sentence: String {
        let message = printable(message, limit: 1000)
        guard let file = file.map({ printable($0) }), !message.contains(file) else { return message }
        return "\(file): \(message)"
    }
}

extension [Problem] {
    /// All messages in one line, for the log.
    package var messages: String { map(\.message).joined(separator: " | ") }
}
