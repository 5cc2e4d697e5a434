import Hummingbird

/// The table of stations: `/stations?state=&site=&inbox=&kind=&q=&after=`.
struct StationsArea: PageArea {
    let source: StationTableSource

    var navigation: [NavigationEntry] { [.init(path: "/stations", title: "Stations")] }

    func add(to router: Router<PageContext>, frame: PageFrame) {
        router.get("/stations") { request, _ in
            let parameters = request.uri.queryParameters
            let query = try StationTableQuery { name in parameters[name[...]].map(String.init) }
            let page = StationsPage(try await source.table(query), query)
            return frame.page(.stations, title: page.title, section: "/stations", content: page)
        }
    }
}
