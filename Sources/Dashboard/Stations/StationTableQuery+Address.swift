import Foundation
import Station

/// The query as part of an address: `?state=failed&site=plant&q=hall&after=4711`.
extension StationTableQuery {
    /// The most characters of a value that is looked for.
    private static let limit = 300

    /// - Parameter value: The parameter of this name, decoded; nil where the address has none.
    /// - Throws: ``PageError`` for what no form of this page sends.
    init(_ value: (String) -> String?) throws(PageError) {
        func text(_ name: String) -> String? {
            guard let text = value(name)?.prefix(Self.limit), !text.isEmpty else { return nil }
            return String(text)
        }
        var query = StationTableQuery()
        if let name = text("state") {
            guard let state = ItemState.Name(rawValue: name) else {
                let states = ItemState.Name.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badRequest("There is no state '\(name)'. The states are \(states).")
            }
            query.state = state
        }
        if let name = text("kind") {
            guard let kind = ItemKind(rawValue: name) else {
                throw .badRequest("There is no kind '\(name)'. The kinds are station, pointCloud and scan.")
            }
            query.kind = kind
        }
        query.site = text("site")
        query.inbox = text("inbox")
        query.text = text("q").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        if query.text?.isEmpty == true { query.text = nil }
        for (name, position) in [("after", Position.after), ("before", Position.before)] {
            guard let text = text(name) else { continue }
            guard let number = Int64(text), number >= 0 else {
                throw .badRequest("'\(text)' is not the number of a station.")
            }
            query.position = position(number)
        }
        self = query
    }

    /// The address of this page of the table.
    var address: String {
        var parts: [String] = []
        func add(_ name: String, _ value: String?) {
            guard let value else { return }
            parts.append(name + "=" + Self.escaped(value))
        }
        add("state", state?.rawValue)
        add("site", site)
        add("inbox", inbox)
        add("kind", kind?.rawValue)
        add("q", text)
        switch position {
        case .newest: break
        case .after(let number): add("after", "\(number)")
        case .before(let number): add("before", "\(number)")
        }
        return parts.isEmpty ? "/stations" : "/stations?" + parts.joined(separator: "&")
    }

    /// The same stations, another page of them.
    func at(_ position: Position) -> StationTableQuery {
        var query = self
        query.position = position
        return query
    }

    /// The filters in words, such as `state failed`; empty if there are none.
    var filters: [String] {
        [
            state.map { "state \($0.rawValue)" }, site.map { "site '\($0)'" }, inbox.map { "inbox \($0)" },
            kind.map { "kind \($0.noun)" }, text.map { "text '\($0)'" },
        ].compactMap(\.self)
    }

    /// A value for a query, or a segment of a path.
    static func escaped(_ text: String) -> String {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        return text.utf8.map { byte in
            allowed.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
