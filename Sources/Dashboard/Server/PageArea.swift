import Foundation
import Hummingbird

/// A part of the page with routes of its own, such as the table of stations.
protocol PageArea: Sendable {
    /// Its entries in the navigation, which is on every page.
    var navigation: [NavigationEntry] { get }

    /// Adds its routes.
    ///
    /// A handler throws ``PageError`` where there is nothing to show; any other error becomes a page with the status 500.
    func add(to router: Router<PageContext>, frame: PageFrame)
}

extension PageArea {
    var navigation: [NavigationEntry] { [] }
}

/// One link of the navigation.
struct NavigationEntry: Sendable, Equatable {
    var path: String
    var title: String
}

extension DashboardSources {
    /// The areas that have a source, in the order of the navigation.
    func areas(now: @escaping @Sendable () -> Date, events: EventLimits) -> [any PageArea] {
        let areas: [(any PageArea)?] = [
            OverviewArea(status: status, now: now),
            station.map { StationArea(source: $0, now: now) },
            EventsArea(changes: changes, limits: events),
            table.map { StationsArea(source: $0) },
        ]
        return areas.compactMap(\.self)
    }
}
