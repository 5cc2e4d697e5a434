import Foundation
import Status

/// A JSON object with one long list, written element by element, as if the whole were encoded at once.
final class JSONStream {
    private let encoder = JSONEncoder.facts
    private let name: String
    private var isEmpty = true

    /// - Parameter name: The list's key.
    init(_ name: String) { self.name = name }

    /// The text of the next element, with what belongs before it.
    func element(_ value: some Encodable) throws -> String {
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        let start = isEmpty ? "{\n  \"\(name)\" : [\n" : ",\n"
        isEmpty = false
        // JSON has no line break within a string.
        return start
            + text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
            .joined(separator: "\n")
    }

    /// What belongs after the last element.
    func end() -> String { isEmpty ? "{\n  \"\(name)\" : [\n\n  ]\n}" : "\n  ]\n}" }
}
