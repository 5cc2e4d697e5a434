import Station

/// A name of the domain as a literal for conditions in SQL.
///
/// As text, not as an argument: SQLite finds a partial index by comparing the text of conditions. The names are constants of a Swift
/// type, so no outside input gets into a statement this way.
protocol NameInSQL: RawRepresentable<String> {}

extension NameInSQL {
    /// The name as a literal: `'accepted'`.
    var sql: String { "'\(rawValue)'" }
}

extension Collection where Element: NameInSQL {
    /// The names as a list: `('accepted', 'uploading')`.
    var sql: String { "(" + map(\.sql).joined(separator: ", ") + ")" }
}

extension ItemState.Name: NameInSQL {}
extension FileRecord.State: NameInSQL {}
extension LastSight.Name: NameInSQL {}
extension ItemKind: NameInSQL {}
extension HistoryEvent: NameInSQL {}
