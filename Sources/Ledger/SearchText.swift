import Foundation
import GRDB

/// What lists are searched by: paths, names and ids of items, folded, in an index of their groups of three characters.
///
/// Adding one item to such an index costs as much as a tenth of its delivery, and adding hundreds at once next to nothing. So items wait in
/// table `searchDue`, which triggers fill, until there are ``batch``; a search compares those that wait one by one.
enum SearchText {
    /// How many items are added at once.
    static let batch = 256
    /// Contents of one item that it is found by, the latest first.
    private static let mostContents = 20
    /// Characters of one item.
    private static let limit = 4000

    /// The form in which texts are compared.
    static func folded(_ text: String) -> String { text.precomposedStringWithCanonicalMapping.lowercased() }

    /// Adds what waits to the index, once there is enough of it.
    ///
    /// Called by whatever writes items and contents.
    static func addDue(_ db: Database) throws {
        let due = try Int64.fetchAll(db, sql: "SELECT item FROM searchDue ORDER BY item LIMIT ?", arguments: [batch])
        guard due.count == batch else { return }
        for item in due {
            try db.execute(
                sql: "INSERT OR REPLACE INTO searchText (rowid, text) VALUES (?, ?)",
                arguments: [item, try text(of: item, db)]
            )
            try db.execute(sql: "DELETE FROM searchDue WHERE item = ?", arguments: [item])
        }
    }

    /// Waiting items whose text contains `needle`, which is folded.
    static func due(containing needle: String, _ db: Database) throws -> [Int64] {
        try Int64.fetchAll(db, sql: "SELECT item FROM searchDue").filter { try text(of: $0, db).contains(needle) }
    }

    /// The text of one item: its path, and the names and ids of its contents that are not in it already.
    private static func text(of item: Int64, _ db: Database) throws -> String {
        guard let path = try String.fetchOne(db, sql: "SELECT path FROM item WHERE id = ?", arguments: [item]) else {
            return ""
        }
        var text = folded(path)
        let contents = try Row.fetchAll(
            db,
            sql: """
                SELECT externalID, value ->> '$.stationID', value ->> '$.stationName', value ->> '$.label' FROM content
                WHERE item = ? ORDER BY acceptedAt DESC LIMIT ?
                """,
            arguments: [item, mostContents]
        )
        for case let name? in contents.flatMap({ row in (0..<4).map { row[$0] as String? } }) {
            let name = folded(name)
            if !text.contains(name) { text += "\n" + name }
        }
        return String(text.prefix(limit))
    }

    /// The condition of FTS5 for texts that may contain `needle`: all its groups of three characters; nil where it has none.
    static func pattern(_ needle: String) -> String? {
        let scalars = Array(needle.unicodeScalars)
        guard scalars.count >= 3 else { return nil }
        var seen: Set<String> = []
        let groups = (0...scalars.count - 3).map { start in
            var group = String.UnicodeScalarView()
            group.append(contentsOf: scalars[start..<start + 3])
            return String(group)
        }
        return groups.filter { seen.insert($0).inserted }.prefix(64)
            .map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: " AND ")
    }
}
