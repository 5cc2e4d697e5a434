import Foundation
import Station
import Status

/// The content of `/stations`, in words; `stations.mustache` lays it out.
struct StationsPage {
    struct Choice {
        var value: PageText
        var title: PageText
        var isChosen: Bool
    }

    /// A filter with a list to choose from, or a field to type in where the list would be too long.
    struct Filter {
        var name: String
        var label: String
        var choices: [Choice]
        var isList: Bool
        var value: PageText
    }

    struct Row {
        var number: Int64
        var path: PageText
        var kind: String?
        var state: String
        var files: PageText?
        var words: PageText?
        /// ISO 8601, and as people read it.
        var exact: String
        var since: String
        var next: String?
        var exactNext: String?
    }

    let title: String
    /// For ``Row``'s of a later page, the numbers that it shows; any change may come to the first.
    let live: String
    let filters: [Filter]
    let text: PageText
    let isFiltered: Bool
    /// What is shown, or why there is nothing.
    let summary: PageText
    let rows: [Row]
    let hasRows: Bool
    let isEmpty: Bool
    let plan: String?
    let site: PageText?
    let newer: String?
    let older: String?
    let newest: String?
    let hasPages: Bool

    /// Choices in a list; a browser would take long to open one of a thousand.
    private static let mostChoices = 200

    init(_ table: StationTable, _ query: StationTableQuery) {
        let words = query.filters
        title = words.isEmpty ? "Stations" : "Stations: " + words.joined(separator: ", ")
        let numbers = table.stations.map { "\($0.summary.station)" }.joined(separator: " ")
        live = query.position == .newest ? "any" : numbers
        filters = Self.filters(table, query)
        text = PageText(query.text ?? "")
        isFiltered = !words.isEmpty
        rows = table.stations.map(Row.init)
        hasRows = !rows.isEmpty
        isEmpty = rows.isEmpty && words.isEmpty && query.position == .newest
        summary = PageText(Self.summary(isEmpty: rows.isEmpty, words, query.position))
        plan = query.site.map { SiteAddress.plan(of: $0) }
        site = query.site.map { PageText(Self.shortened($0, to: 80)) }
        newer = table.newer.map { query.at($0).address }
        older = table.older.map { query.at($0).address }
        newest = query.position == .newest ? nil : query.at(.newest).address
        hasPages = newer != nil || older != nil || newest != nil
    }

    private static func summary(isEmpty: Bool, _ filters: [String], _ position: StationTableQuery.Position) -> String {
        let filters = filters.joined(separator: ", ")
        guard isEmpty else { return filters.isEmpty ? "The newest first." : "Only \(filters). The newest first." }
        if position != .newest { return "There are no more stations here." }
        return filters.isEmpty
            ? "There are no stations yet. Copy one into an inbox." : "No station matches: \(filters)."
    }

    private static func filters(_ table: StationTable, _ query: StationTableQuery) -> [Filter] {
        let states = ItemState.Name.allCases.map { ($0.rawValue, $0.rawValue) }
        let kinds = ItemKind.allCases.map { ($0.rawValue, $0.noun) }
        func named(_ values: [String]) -> [(String, String)] { values.map { ($0, shortened($0, to: 60)) } }
        return [
            filter("state", "State", states, query.state?.rawValue),
            filter("site", "Site", named(table.sites), query.site),
            filter("inbox", "Inbox", named(table.inboxes), query.inbox),
            filter("kind", "Kind", kinds, query.kind?.rawValue),
        ]
    }

    private static func filter(
        _ name: String,
        _ label: String,
        _ choices: [(value: String, title: String)],
        _ chosen: String?
    ) -> Filter {
        var choices = choices
        if let chosen, !choices.contains(where: { $0.value == chosen }) { choices.append((chosen, chosen)) }
        let isList = choices.count <= mostChoices
        return Filter(
            name: name,
            label: label,
            choices: isList
                ? choices.map {
                    .init(value: PageText($0.value), title: PageText($0.title), isChosen: $0.value == chosen)
                }
                : [],
            isList: isList,
            value: PageText(chosen ?? "")
        )
    }

    /// A text whose end says more than its middle.
    static func shortened(_ text: String, to limit: Int) -> String {
        guard text.count > limit else { return text }
        return text.prefix(limit / 3) + "…" + text.suffix(limit - limit / 3 - 1)
    }
}

extension StationsPage.Row {
    /// Longer reasons are on the station's own page.
    private static let mostWords = 240

    init(_ station: ListedStation) {
        let summary = station.summary
        number = summary.station
        path = PageText(StationsPage.shortened(summary.path, to: 120))
        kind = summary.kind == .station ? nil : summary.kind.noun
        state = summary.state.rawValue
        files = Self.files(of: station).map { PageText($0) }
        let reason = summary.words.map { $0.count > Self.mostWords ? $0.prefix(Self.mostWords) + "…" : $0 }
        words = [station.progress.map { $0 + "." }, reason].compactMap(\.self).joined(separator: " ")
            .nonEmpty.map { PageText($0) }
        exact = summary.changedAt.formatted(.iso8601)
        since = PageTime.bare(summary.changedAt)
        next = summary.notBefore.map(PageTime.bare)
        exactNext = summary.notBefore?.formatted(.iso8601)
    }

    private static func files(of station: ListedStation) -> String? {
        if station.summary.kind == .scan {
            let all = station.positions.values.reduce(0, +)
            return all == 0 ? nil : "\(station.positions[.registered] ?? 0) of \(all) positions"
        }
        return station.files == 0 ? nil : "\(station.sentFiles) of \(station.files)"
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
