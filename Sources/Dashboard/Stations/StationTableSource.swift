package import Station
package import Status

/// Where `/stations` gets what it shows.
package struct StationTableSource: Sendable {
    /// One page of the table.
    package var table: @Sendable (StationTableQuery) async throws -> StationTable

    package init(table: @escaping @Sendable (StationTableQuery) async throws -> StationTable) { self.table = table }
}

/// Which stations, and which page of them; the highest number is first.
package struct StationTableQuery: Sendable, Equatable {
    package enum Position: Sendable, Equatable {
        case newest
        case after(Int64)
        case before(Int64)
    }

    package var state: ItemState.Name?
    package var site: String?
    package var inbox: String?
    package var kind: ItemKind?
    /// Part of a path, a name or an id.
    package var text: String?
    package var position: Position

    package init(
        state: ItemState.Name? = nil,
        site: String? = nil,
        inbox: String? = nil,
        kind: ItemKind? = nil,
        text: String? = nil,
        position: Position = .newest
    ) {
        self.state = state
        self.site = site
        self.inbox = inbox
        self.kind = kind
        self.text = text
        self.position = position
    }
}

/// One page of the table of stations.
package struct StationTable: Sendable {
    package var stations: [ListedStation]
    /// The pages before and after this one; nil where there are none.
    package var newer: StationTableQuery.Position?
    package var older: StationTableQuery.Position?
    /// What there is to choose from.
    package var sites: [String]
    package var inboxes: [String]

    package init(
        stations: [ListedStation],
        newer: StationTableQuery.Position? = nil,
        older: StationTableQuery.Position? = nil,
        sites: [String] = [],
        inboxes: [String] = []
    ) {
        self.stations = stations
        self.newer = newer
        self.older = older
        self.sites = sites
        self.inboxes = inboxes
    }
}
