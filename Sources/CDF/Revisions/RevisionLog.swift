package import Foundation
package import Station

/// One line that CDF's service wrote about a revision; its words are printable.
package struct RevisionLogLine: Equatable, Sendable {
    /// How bad it is; higher is worse.
    package struct Severity: Comparable, Sendable {
        package var rawValue: Int64
        package static let information = Severity(rawValue: 3)
        package static let warning = Severity(rawValue: 5)
        package static let error = Severity(rawValue: 7)

        package init(rawValue: Int64) { self.rawValue = rawValue }

        package static func < (lhs: Severity, rhs: Severity) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// By CDF's clock.
    package var time: Date
    package var severity: Severity
    /// The step that wrote it, in CDF's own words.
    package var type: String
    package var info: String

    package init(time: Date, severity: Severity, type: String, info: String) {
        self.time = time
        self.severity = severity
        self.type = type
        self.info = info
    }
}

extension RevisionLogLine: Decodable {
    private enum CodingKeys: String, CodingKey { case timestamp, severity, type, info }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let milliseconds = try members.decodeIfPresent(Double.self, forKey: .timestamp) ?? 0
        time = Date(timeIntervalSince1970: milliseconds / 1000)
        severity = Severity(rawValue: try members.decodeIfPresent(Int64.self, forKey: .severity) ?? 0)
        type = printable(try members.decodeIfPresent(String.self, forKey: .type) ?? "", limit: 100)
        info = printable(try members.decodeIfPresent(String.self, forKey: .info) ?? "", limit: 500)
    }
}

extension CDFClient {
    /// The most lines that are kept: the newest.
    package static let mostLogLines = 50

    /// What CDF's service wrote about a revision, the oldest line first; at most the newest ``mostLogLines``.
    ///
    /// - Parameters:
    ///   - revision: The revision; if the project has none of these numbers, there are no lines.
    ///   - severity: Lines that matter less are left out.
    package func revisionLogs3D(
        _ revision: ModelRevision,
        atLeast severity: RevisionLogLine.Severity
    ) async throws(CDFError) -> [RevisionLogLine] {
        struct Found: Decodable, Sendable { var items: [RevisionLogLine] }
        let path = "/3d/models/\(revision.model)/revisions/\(revision.revision)/logs?severity=\(severity.rawValue)"
        let found: Found? = try await get(path, asked: "the log of 3D revision \(revision.revision)")
        let lines = (found?.items ?? []).filter { $0.severity >= severity }
        // Lines of one moment keep CDF's order.
        let ordered = lines.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        return ordered.suffix(Self.mostLogLines).map(\.element)
    }
}
