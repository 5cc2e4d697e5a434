import Foundation
import Ledger
import Station
import Status
import Synchronization
import TestSupport
import Testing

@testable import Dashboard

/// The table of stations.
struct StationsPageTests {
    private static func station(_ number: Int64, _ path: String = "site-a/s1", _ state: ItemState = .withdrawn)
        -> ListedStation
    {
        var record = ItemRecord.sample(path, state)
        record.id = ItemNumber(rawValue: number)
        return ListedStation(StationSummary(record))
    }

    private func html(_ table: StationTable, _ query: StationTableQuery = .init()) throws -> String {
        try Pages().render(.stations, Shown(content: StationsPage(table, query)))
    }

    /// As ``PageFrame`` lays it out.
    private struct Shown {
        var title = "t"
        var navigation: [Int] = []
        var style = ""
        var script = ""
        var content: StationsPage
    }

    @Test func `an address is read and written alike`() throws {
        let query = StationTableQuery(
            state: .failed,
            site: "a&b=c d",
            inbox: "/srv/in",
            kind: .scan,
            text: "Süd%_\"",
            position: .after(7)
        )
        let address = query.address
        let parts = try #require(URLComponents(string: address)?.queryItems)
        #expect(try StationTableQuery { name in parts.first { $0.name == name }?.value } == query)
        #expect(StationTableQuery().address == "/stations")
    }

    @Test(arguments: [["state": "asleep"], ["kind": "cake"], ["after": "x"], ["before": "-1"]])
    func `what no form sends is refused with words`(parameters: [String: String]) {
        #expect(throws: PageError.self) { _ = try StationTableQuery { parameters[$0] } }
    }

    @Test func `empty fields of the form filter nothing`() throws {
        #expect(try StationTableQuery { _ in "" } == StationTableQuery())
        #expect(try StationTableQuery { $0 == "q" ? "  " : nil } == StationTableQuery())
    }

    @Test func `each row is a link with number, state and reason`() throws {
        let problem = Problem("bad", "two <b>fronts</b>")
        let page = try html(StationTable(stations: [Self.station(41, "a/<i>b", .rejected([problem]))]))
        #expect(page.contains(#"<a href="/stations/41">a/&lt;i&gt;b</a>"#))
        #expect(page.contains(#"<span class="state rejected">rejected</span>"#))
        #expect(page.contains("two &lt;b&gt;fronts") && !page.contains("<b>fronts"))
    }

    @Test func `an empty table says why, and how to see more`() throws {
        #expect(try html(StationTable(stations: [])).contains("There are no stations yet. Copy one into an inbox."))
        let filtered = try html(StationTable(stations: []), StationTableQuery(state: .failed, text: "hall"))
        #expect(filtered.contains("No station matches: state failed, text &#39;hall&#39;."), "\(filtered)")
        #expect(filtered.contains("Clear the filter"))
        let beyond = try html(StationTable(stations: []), StationTableQuery(position: .after(1)))
        #expect(beyond.contains("There are no more stations here.") && beyond.contains("Newest"))
    }

    @Test func `pages keep the filter`() throws {
        let query = StationTableQuery(site: "a b", position: .after(9))
        let table = StationTable(stations: [Self.station(8)], newer: .before(8), older: .after(8), sites: ["a b"])
        let page = try html(table, query)
        #expect(page.contains(#"rel="prev" href="/stations?site=a%20b&amp;before=8""#), "\(page)")
        #expect(page.contains(#"rel="next" href="/stations?site=a%20b&amp;after=8""#))
        #expect(page.contains(#"<option value="a b" selected="selected">"#))
        #expect(page.contains(#"href="/sites/a%20b""#))
    }

    @Test func `a first page follows any change, a later one its own stations`() throws {
        let table = StationTable(stations: [Self.station(8), Self.station(7)])
        #expect(try html(table).contains(#"data-live="any""#))
        #expect(try html(table, .init(position: .after(9))).contains(#"data-live="8 7""#))
    }

    @Test func `a hundred stations with endless names stay below 150 kB`() throws {
        let words = String(repeating: "ä<", count: 3000)
        let path = Array(repeating: String(repeating: "long ", count: 50), count: 64).joined(separator: "/")
        let stations = (1...100).map { Self.station($0, path, .rejected([Problem("bad", words)])) }
        let sites = (1...1000).map { "site \($0)" }
        let page = try html(StationTable(stations: stations, sites: sites, inboxes: ["/srv/in"]))
        #expect(page.utf8.count < 150_000)
        #expect(page.contains(#"<input id="filter-site""#))
    }

    @Test func `the table is served, and a wrong filter is a 400`() async throws {
        let asked = Mutex<[StationTableQuery]>([])
        var sources = DashboardSources(status: { StatusPageTests.status() })
        sources.table = StationTableSource { query in
            asked.withLock { $0.append(query) }
            return StationTable(stations: [Self.station(1)])
        }
        try await RunningPage.serve(sources: sources) { port in
            for (address, answer) in [
                ("/stations?state=failed&q=S%C3%BCd&after=5", "HTTP/1.1 200"),
                ("/stations?state=asleep", "HTTP/1.1 400"),
            ] {
                let head = "GET \(address) HTTP/1.1\r\nHost: localhost:\(port)\r\nAccept: text/html"
                let given = try await RawConnection.ask(port: port, head)
                #expect(given.hasPrefix(answer), "\(address)")
            }
        }
        #expect(asked.withLock { $0 } == [.init(state: .failed, text: "Süd", position: .after(5))])
    }

    @Test func `the page of an E57 file shows positions, progress and CDF's log`() throws {
        let record = ItemRecord.sample("hall.e57", kind: .scan, .withdrawn)
        let section = try #require(
            E57Section(StationSummary(record), scan: nil, cloud: nil, progress: "checking, 40 %")
        )
        let page = try Pages().render(.e57, section)
        #expect(page.contains("Now: checking, 40 %.") && page.contains(#"data-live-every="2""#))
        let station = StationSummary(ItemRecord.sample("a", .withdrawn))
        #expect(E57Section(station, scan: nil, cloud: nil, progress: nil) == nil)
    }
}
