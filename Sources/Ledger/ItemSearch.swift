import Foundation
import GRDB
import Station

/// Finds the items that a filter lets through, beginning with the filter that lets through the fewest.
///
/// SQLite has no figures from which it could know how many items are in one state or belong to one site. So they are counted first, by their
/// indexes and only up to ``many``; the index of the smallest is then read in the order of the numbers, and the other filters are applied row
/// by row.
struct ItemSearch {
    /// A filter on table `item`.
    private struct Condition {
        /// The index that finds its items in the order of their numbers.
        var index: String
        var sql: String
        var argument: any DatabaseValueConvertible
        var isOrdered = true
    }

    /// Where the items come from, and in which way.
    private enum Source {
        case item(index: String?)
        case text
    }

    /// What is counted no further.
    private static let many = 10_000

    private let conditions: [Condition]
    /// Folded; nil if nothing is searched.
    private let needle: String?
    private let pattern: String?
    /// Items that the index of texts does not show yet, or whose number is the text.
    private let besides: [Int64]
    private let source: Source

    init(_ filter: ItemFilter, _ db: Database) throws {
        var conditions: [Condition] = []
        if let site = filter.site { conditions.append(.init(index: "itemSite", sql: "site = ?", argument: site)) }
        if let state = filter.state {
            conditions.append(.init(index: "itemState", sql: "state = ?", argument: state.rawValue))
        }
        if let inbox = filter.inbox { conditions.append(.init(index: "itemInbox", sql: "inbox = ?", argument: inbox)) }
        if let kind = filter.kind {
            conditions.append(.init(index: "itemKind", sql: "kind = ?", argument: kind.rawValue))
        }
        if let since = filter.since {
            conditions.append(
                .init(index: "itemChanged", sql: "changedAt >= ?", argument: since.ledger, isOrdered: false)
            )
        }
        self.conditions = conditions
        // NUL would end the text for SQLite.
        let text = filter.text.map { SearchText.folded($0).replacing("\0", with: "") } ?? ""
        needle = text.isEmpty ? nil : text
        pattern = needle.flatMap(SearchText.pattern)
        besides =
            try needle.map { needle in
                try SearchText.due(containing: needle, db) + (Int64(needle).map { [$0] } ?? [])
            } ?? []
        source = try Self.source(conditions, needle: needle, pattern: pattern, db)
    }

    private static func source(
        _ conditions: [Condition],
        needle: String?,
        pattern: String?,
        _ db: Database
    ) throws -> Source {
        var sources: [(source: Source, size: Int)] = []
        if let pattern {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM searchText WHERE searchText MATCH ? LIMIT \(many))"
            let size = conditions.isEmpty ? 0 : try Int.fetchOne(db, sql: sql, arguments: [pattern]) ?? 0
            sources.append((.text, size))
        }
        for condition in conditions {
            let size =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM (SELECT 1 FROM item INDEXED BY \(condition.index) WHERE \(condition.sql)
                                              LIMIT \(many))
                        """,
                    arguments: [condition.argument]
                ) ?? 0
            if size < many || condition.isOrdered { sources.append((.item(index: condition.index), size)) }
        }
        if let best = sources.min(by: { $0.size < $1.size }) { return best.source }
        return needle == nil || !conditions.isEmpty ? .item(index: nil) : .text
    }

    /// The numbers of the items at a position: the highest first, but after ``PagePosition/before(_:)`` the lowest first.
    func numbers(_ position: PagePosition, limit: Int, _ db: Database) throws -> [Int64] {
        var numbers = try find(position, limit: limit, db)
        if !besides.isEmpty {
            numbers = Array(Set(numbers + (try find(position, limit: limit, among: besides, db))))
            if case .before = position { numbers.sort() } else { numbers.sort(by: >) }
        }
        return Array(numbers.prefix(limit))
    }

    /// - Parameter besides: Items that have the text; nil to look for them in the index of texts.
    private func find(
        _ position: PagePosition,
        limit: Int,
        among besides: [Int64]? = nil,
        _ db: Database
    ) throws -> [Int64] {
        var words: [String] = []
        var arguments: StatementArguments = []
        var table = "item NOT INDEXED"
        if let besides {
            words.append("item.id IN (SELECT value FROM json_each(?))")
            arguments += [try JSON.encode(besides)]
        } else if case .item(let index) = source {
            table = index.map { "item INDEXED BY \($0)" } ?? table
            if let needle {
                words.append("EXISTS (SELECT 1 FROM searchText WHERE rowid = item.id AND instr(text, ?) > 0)")
                arguments += [needle]
            }
        } else if let needle {
            table = "searchText CROSS JOIN item ON item.id = searchText.rowid"
            if let pattern {
                words.append("searchText MATCH ?")
                arguments += [pattern]
            }
            words.append("instr(text, ?) > 0")
            arguments += [needle]
        }
        let number = if besides == nil, case .text = source { "searchText.rowid" } else { "item.id" }
        for condition in conditions {
            words.append(condition.sql)
            arguments += [condition.argument]
        }
        // Bounded in any case, so that SQLite goes by the numbers.
        let bound: Int64
        switch position {
        case .newest: bound = .max
        case .after(let last): bound = last.rawValue
        case .before(let first): bound = first.rawValue
        }
        let isUpwards = if case .before = position { true } else { false }
        words.append("\(number) \(isUpwards ? ">" : "<") ?")
        arguments += [bound]
        arguments += [limit]
        return try Int64.fetchAll(
            db,
            sql: """
                SELECT \(number) FROM \(table) WHERE \(words.joined(separator: " AND "))
                ORDER BY \(number) \(isUpwards ? "ASC" : "DESC") LIMIT ?
                """,
            arguments: arguments
        )
    }
}
