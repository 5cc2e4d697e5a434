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
    ///
    /// - Parameters:
    ///   - now: The clock.
    ///   - events: What the streams of `/events` may take.
    ///   - door: Who may see the page.
    ///   - notices: What the next pages say about actions.
    func areas(
        now: @escaping @Sendable () -> Date,
        events: EventLimits,
        door: PageDoor,
        notices: Notices
    ) -> [any PageArea] {
        let desk = actions.map { ActionDesk(source: $0, notices: notices) }
        let areas: [(any PageArea)?] = [
            OverviewArea(status: status, now: now, desk: desk),
            station.map { StationArea(source: $0, now: now, desk: desk) },
            table.map { StationsArea(source: $0) },
            plans.map(PlanArea.init),
            EventsArea(changes: changes, limits: events, door: door),
            desk.map { ActionArea(desk: $0) },
        ]
        return areas.compactMap(\.self)
    }
}
