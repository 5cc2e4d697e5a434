import Foundation
import Status

/// A JSON object with one long list, written element by element, as if the whole were encoded at once.
final class JSONStream {
    private let encoder = JSONEncoder.facts
    private let name: String
    private var isEmpty = true
    private static let indent = Array("    ".utf8)

    /// - Parameter name: The list's key.
    init(_ name: String) { self.name = name }

    /// The text of the next element, with what belongs before it.
    func element(_ value: some Encodable) throws -> String {
        var text = Array((isEmpty ? "{\n  \"\(name)\" : [\n    " : ",\n    ").utf8)
        isEmpty = false
        for byte in try encoder.encode(value) {
            text.append(byte)
            // JSON has no line break within a string.
            if byte == UInt8(ascii: "\n") { text += Self.indent }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// What belongs after the last element.
    func end() -> String { isEmpty ? "{\n  \"\(name)\" : [\n\n  ]\n}" : "\n  ]\n}" }
}
