import Foundation

extension CDFClient {
    /// The most items of one page: CDF's limit.
    private static let pageSize = 1000
    /// The most pages of one list: none of drop360's is nearly as long, and an answer that never ends must not fill the memory.
    private static let mostPages = 100

    /// Reads a list to its end, and keeps the items for which `wanted` is true; nil if CDF has no such list (404).
    ///
    /// - Parameters:
    ///   - path: Relative to the project, without a query.
    ///   - asked: For messages.
    ///   - wanted: Whether an item is kept.
    /// - Throws: ``CDFError/unexpectedAnswer(asked:detail:requestID:)`` if the list has no end: half a list proves nothing.
    func list<Item: Decodable & Sendable>(
        _ path: String,
        asked: String,
        where wanted: (Item) -> Bool = { _ in true }
    ) async throws(CDFError) -> [Item]? {
        var found: [Item] = []
        var cursor: String?
        for _ in 0..<Self.mostPages {
            let query = "?limit=\(Self.pageSize)" + (cursor.map { "&cursor=\(Self.queryEncoded($0))" } ?? "")
            guard let page: Page<Item> = try await get(path + query, asked: asked) else { return nil }
            found += page.items.filter(wanted)
            guard let next = page.nextCursor, !next.isEmpty else { return found }
            guard next != cursor else { break }
            cursor = next
        }
        throw .unexpectedAnswer(asked: asked, detail: "the list has no end", requestID: nil)
    }

    private static func queryEncoded(_ text: String) -> String {
        let allowed = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}

private struct Page<Item: Decodable & Sendable>: Decodable, Sendable {
    var items: [Item]
    var nextCursor: String?
}
