/// Contents that stand in CDF: delivered, not overwritten since, and not taken out.
///
/// View `liveContent` says the same in the schema, which names no Swift type.
enum StandingContent {
    /// The condition in SQL.
    ///
    /// - Parameter table: The name that `content` has in the statement.
    static func condition(_ table: String = "content") -> String {
        "(\(table).deliveredAt IS NOT NULL AND \(table).supersededAt IS NULL AND \(table).retractedAt IS NULL)"
    }
}
