import Foundation

/// Any JSON, as drop360 or the sandbox printed it.
enum Facts: Decodable, Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([Facts])
    case object([String: Facts])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        // The forms of JSON are tried in turn; what fits none is an error of the last one.
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([Facts].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: Facts].self))
        }
    }

    static func parse(_ data: Data) throws -> Facts { try JSONDecoder().decode(Facts.self, from: data) }
    static func parse(_ text: String) throws -> Facts { try parse(Data(text.utf8)) }

    /// A member; null where there is none.
    subscript(key: String) -> Facts { if case .object(let members) = self { members[key] ?? .null } else { .null } }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var int: Int? { if case .number(let number) = self { Int(number) } else { nil } }
    var double: Double? { if case .number(let number) = self { number } else { nil } }
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    /// Empty for what is no list.
    var list: [Facts] { if case .list(let list) = self { list } else { [] } }
    /// Sorted; empty for what is no object.
    var keys: [String] { if case .object(let members) = self { members.keys.sorted() } else { [] } }
    /// The members whose value is a text.
    var texts: [String: String] {
        if case .object(let members) = self { members.compactMapValues(\.text) } else { [:] }
    }

    /// Without the member `key`.
    func without(_ key: String) -> Facts {
        guard case .object(var members) = self else { return self }
        members[key] = nil
        return .object(members)
    }
}
