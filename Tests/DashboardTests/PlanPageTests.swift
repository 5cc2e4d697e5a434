import Foundation
import Station
import Status
import Synchronization
import TestSupport
import Testing

@testable import Dashboard

@Suite(.timeLimit(.minutes(15)))
struct PlanPageTests {
    private static func stations(_ count: Int, name: String = "a") -> [PlanStation] {
        (0..<count).map { index -> PlanStation in
            let (column, row) = (Double(index % 100), Double(index / 100))
            return PlanStation(
                number: Int64(index + 1),
                path: "site/\(index)",
                place: "site/\(index)",
                name: name,
                state: .registered,
                position: .init(x: column * 5, y: row * 5, z: 1.5),
                heading: 90
            )
        }
    }

    private static func html(_ site: String, _ stations: [PlanStation]) throws -> String {
        PageFrame(try Pages(), navigation: [])
            .html(.plan, title: site, content: SitePlanPage(site: site, SitePlan(stations)))
    }

    private static func sources(_ sites: [String: [PlanStation]]) -> DashboardSources {
        var sources = DashboardSources(status: { StatusPageTests.status() })
        sources.plans = PlanSource(
            sites: {
                sites.map { .init(id: $0.key, counts: [.registered: $0.value.count], extent: nil) }
            },
            stations: { site, numbers, _ in
                sites[site]?.filter { numbers?.contains($0.number) ?? true }
            }
        )
        return sources
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "{{words}}{{{words}}}",
        "\u{1B}[31m\u{202E}evil",
    ])
    func `nothing of a crew's names is read as markup`(name: String) throws {
        var stations = Self.stations(8, name: name)
        stations[3].position = stations[4].position
        stations.append(
            .init(number: 99, path: name, place: nil, name: name, state: .rejected, position: nil, heading: nil)
        )
        let page = try ReadPage(try Self.html(name, stations))
        #expect(page.elements.isDisjoint(with: ["img"]))
        #expect(page.attributeNames.isDisjoint(with: ["onerror", "onmouseover", "style"]))
        #expect(!page.text.contains("\u{1B}") && !page.text.contains("\u{202E}"))
    }

    @Test(arguments: [0, 1, 2, 600])
    func `each position is an element with its number, and no number is none`(count: Int) throws {
        let html = try Self.html("site", Self.stations(count))
        let page = try ReadPage(html)
        let compact = page.values(of: "data-numbers").flatMap { numbers in
            numbers.split(separator: " ").compactMap { Int($0) }.reduce(into: []) { $0.append(($0.last ?? 0) + $1) }
        }
        let numbers = page.values(of: "data-station").compactMap { Int($0) } + compact
        #expect(numbers.sorted() == Array(1..<(count + 1)))
        #expect(page.values(of: "data-station").isEmpty == (count == 0 || count > SitePlanPage.named))
        #expect(!html.lowercased().contains("nan") && !html.contains("inf "))
    }

    @Test func `ten thousand stations are less than 300 kilobytes`() throws {
        let html = try Self.html("site", Self.stations(10_000))
        #expect(html.utf8.count < 300_000, "\(html.utf8.count) bytes")
    }

    @Test func `the compact form has all that marks are made of`() throws {
        var stations = Self.stations(502)
        (stations[1].position, stations[1].heading) = (.init(x: -3.456, y: 0.004, z: 12.34), nil)
        stations[2].state = .rejected
        // A second visit of the first position.
        stations[501].place = stations[0].place
        let plan = SitePlan(stations)
        let dots = PlanDots.all(plan.positions)
        #expect(dots.map(\.state) == ["registered", "rejected"])
        #expect(dots[0].points.hasPrefix("M0 0zM-3.46 0zM15 0z"))
        #expect(dots[0].numbers.hasPrefix("502 -500 2 1 1"))
        #expect(dots[0].heights.hasPrefix("1.5 12.3 1.5"))
        #expect(dots[0].headings.hasPrefix("90 - 90"))
        #expect(dots[0].visits == "0:2 ")
        #expect(dots[1].numbers == "3" && dots[1].points == "M10 0z")
    }

    @Test(arguments: [3, 600])
    func `labels are asked for only where the page shows them`(count: Int) async throws {
        var stations = Self.stations(count)
        // Found, and so named.
        stations[1].position = stations[2].position
        let asked = Mutex<[[Int64]?]>([])
        var sources = Self.sources([:])
        sources.plans?.stations = { [stations] _, numbers, labelled in
            if labelled { asked.withLock { $0.append(numbers) } }
            return stations.filter { numbers?.contains($0.number) ?? true }.map { station in
                var station = station
                if labelled { station.name = "label of \(station.number)" }
                return station
            }
        }
        try await RunningPage.serve(sources: sources) { port in
            let answer = try await Self.ask("/sites/site", port: port)
            #expect(answer.contains("label of 2") && answer.contains("label of 3"))
        }
        #expect(asked.withLock { $0 } == [count == 3 ? [1, 2, 3] : [2, 3]])
    }

    private static func ask(_ path: String, port: Int) async throws -> String {
        let head = "GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nAccept: text/html"
        return try await RawConnection.ask(port: port, head)
    }

    @Test(arguments: [
        "a b", "a/b", "..", ".", "a%2Fb", "<b>", "ä€", "?x=1&y", "#", String(repeating: "x", count: 200),
    ])
    func `a site is found by the address that the list gives`(site: String) async throws {
        try await RunningPage.serve(sources: Self.sources([site: Self.stations(3)])) { port in
            let answer = try await Self.ask(SiteAddress.plan(of: site), port: port)
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer.prefix(60))")
            #expect(answer.contains("data-station=\"3\""))
            // The script asks there for what a mark says; browsers take dots out of paths.
            let marks = SiteAddress.marks(of: site)
            #expect(answer.contains("data-plan=\"\(marks.replacing("&", with: "&amp;"))\""))
            #expect(!marks.split(separator: "/").contains { $0 == "." || $0 == ".." })
            #expect(try await Self.ask(marks + "3", port: port).hasPrefix("HTTP/1.1 200"))
            #expect(try await Self.ask(marks + "x", port: port).hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test(arguments: [
        "/sites/none", "/sites/%2E%2E%2F%2E%2E", "/sites/%FF", "/sites/%3Cscript%3E", "/sites/site/stations/x",
    ])
    func `what is no site is a page with words`(path: String) async throws {
        try await RunningPage.serve(sources: Self.sources(["site": Self.stations(3)])) { port in
            let answer = try await Self.ask(path, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 404"), "\(answer.prefix(60))")
            #expect(answer.contains("<h1>") && !answer.contains("<script>alert"))
        }
    }
}
