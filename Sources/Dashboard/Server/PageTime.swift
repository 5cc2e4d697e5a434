import Foundation

/// Times as pages show them: UTC, to the second.
enum PageTime {
    /// `2026-05-01 10:00:00`.
    static func bare(_ date: Date) -> String { String(date.formatted(.iso8601.dateTimeSeparator(.space)).dropLast()) }

    /// `2026-05-01 10:00:00 UTC`.
    static func words(_ date: Date) -> String { bare(date) + " UTC" }
}
