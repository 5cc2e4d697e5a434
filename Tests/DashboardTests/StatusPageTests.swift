import Foundation
import Ledger
import Station
import Status
import TestSupport
import Testing

@testable import Dashboard

@Suite(.timeLimit(.minutes(15)))
struct StatusPageTests {
    private static let now = Date(timeIntervalSince1970: 1_777_629_600)

    static func status(
        online: Bool = true,
        offlineReason: String? = nil,
        inboxes: [DaemonStatus.Inbox] = [],
        recent: [ItemRecord] = []
    ) -> DaemonStatus {
        DaemonStatus(
            version: "1",
            running: true,
            pid: 1,
            startedAt: now,
            counts: [.registered: 3, .rejected: 1],
            online: online,
            offlineSince: online ? nil : now,
            offlineReason: offlineReason,
            pausedSince: nil,
            inboxes: inboxes,
            detection: .init(
                foundByEvent: 5,
                missedByInotify: 2,
                watches: 3,
                polledFolders: 4,
                folders: 9,
                finished: 6
            ),
            transfers: [.init(station: 7, path: "site/<x>", total: 200, sent: 50)],
            bytesSent: 50,
            recent: recent.map(StationSummary.init)
        )
    }

    private static func page(_ status: DaemonStatus) throws -> ReadPage {
        let frame = PageFrame(try Pages(), navigation: [.init(path: "/", title: "Overview")])
        return try ReadPage(frame.html(.overview, title: "Overview", content: OverviewPage(status, now: now)))
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "a'b&c&lt;",
        "{{headline}}{{{headline}}}", "</td></tr></table>", "\u{1B}[31m\u{202E}evil",
        "\u{0D4E}<b>x", "\"\u{0301} data-x=1", "<\u{0301}b>",
    ])
    func `nothing of a crew's names is read as markup, in text or in attributes`(name: String) throws {
        let problem = Problem("image-damaged", "In \(name) something is wrong.", file: name)
        var status = Self.status(
            online: false,
            offlineReason: name,
            inboxes: [.init(path: "/srv/" + name, available: false, reason: name, reportsTrouble: name)],
            recent: [.sample(name, .rejected([problem]))]
        )
        status.transfers = [.init(station: 7, path: name, total: 200, sent: 50)]
        status.reportsElsewhere = [.init(inbox: name, folder: name, count: 2)]
        let (page, plain) = (try Self.page(status), try Self.page(Self.status(online: false)))
        let shown = printable(name, limit: 2000)
        #expect(page.elements.subtracting(plain.elements).isSubset(of: ["table", "thead", "tbody", "tr", "th", "td"]))
        #expect(page.attributeNames.subtracting(plain.attributeNames).isSubset(of: ["title"]))
        #expect(page.values(of: "title") == ["/srv/inbox/" + shown])
        #expect(page.values(of: "aria-label").contains(shown))
        #expect(page.texts.contains("In \(shown) something is wrong."))
        #expect(page.texts.contains("/srv/" + shown))
        #expect(!page.text.unicodeScalars.contains { ["\u{1B}", "\u{202E}"].contains($0) })
    }

    @Test func `the page says since when and why nothing can be delivered`() throws {
        let page = try Self.page(Self.status(online: false, offlineReason: "No route."))
        #expect(page.texts.contains("Offline since 2026-05-01 10:00:00 UTC. No route."))
        #expect(!page.text.contains("Connected to CDF"))
        #expect(page.values(of: "class").contains("headline note bad"))
    }

    @Test func `the page says how much may go out, and that an operator has paused it`() throws {
        var status = Self.status()
        status.rateLimit = 375_000
        #expect(try Self.page(status).texts.contains("Connected to CDF. Limited to 3 Mbit/s."))
        (status.paused, status.pausedSince) = (true, Self.now)
        let words = "Paused since 2026-05-01 10:00:00 UTC: nothing is sent. Run `drop360 resume` to continue."
        #expect(try Self.page(status).texts.contains(words))
    }

    @Test func `what needs attention comes with its reason, what to do and the stations, and a day as bars with words`()
        throws
    {
        var status = Self.status()
        let records = (Int64(1)...8).map { number in
            let problem = Problem("face-missing", "The face top is missing in <b>\(number)</b>.")
            return ItemRecord.sample("site/s\(number)", .rejected([problem]), id: number)
        }
        status.work = .init(
            needsSomebody: DaemonStatus.Need.grouped(records, hasMore: false),
            lastDelivery: Self.now,
            deliveredByHour: Array(repeating: 0, count: 22) + [12, 3]
        )
        let page = try Self.page(status)
        #expect(page.texts.contains("8 rejected") && page.texts.contains("and 3 more"))
        #expect(page.texts.contains("The face top is missing in <b>1</b>."))
        #expect(page.values(of: "href").contains("/stations/5") && !page.values(of: "href").contains("/stations/6"))
        #expect(page.values(of: "aria-label").contains("15 delivered in the last 24 hours, at most 12 in one hour."))
        #expect(page.texts.contains("9:00 UTC: 12") && page.values(of: "height").sorted().suffix(2) == ["14", "56"])
    }

    @Test func `every state has its number, also where it is 0`() throws {
        let facts = try JSONEncoder.facts.encode(Self.status())
        let object = try #require(try JSONSerialization.jsonObject(with: facts) as? [String: Any])
        #expect(object["online"] as? Bool == true)
        #expect(object["paused"] as? Bool == false)
        let page = try Self.page(Self.status())
        let numbers = ItemState.Name.allCases.flatMap { name in
            [String(name == .registered ? 3 : name == .rejected ? 1 : 0), name.rawValue]
        }
        let start = try #require(page.texts.firstIndex(of: numbers[0]))
        #expect(Array(page.texts[start...].prefix(numbers.count)) == numbers)
        #expect(page.text.contains("There are no stations yet."))
    }

    @Test func `the page asks for its style and its script, which browsers keep, and for nothing else`() async throws {
        try await RunningPage.serve { port in
            let head = "HTTP/1.1\r\nHost: localhost:\(port)"
            let answer = try await RawConnection.ask(port: port, "GET / \(head)")
            #expect(
                answer.lowercased().contains(
                    "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                )
            )
            let body = try #require(answer.components(separatedBy: "\r\n\r\n").last)
            let page = try ReadPage(body)
            #expect(!page.elements.contains("style") && page.attributeNames.isDisjoint(with: ["style", "onload"]))
            let style = try #require(page.values(of: "href").first)
            let script = try #require(page.values(of: "src").first)
            #expect(page.values(of: "src").count == 1)
            for (address, type, word) in [(style, "text/css", "--ground"), (script, "text/javascript", "data-live")] {
                let file = try await RawConnection.ask(port: port, "GET \(address) \(head)")
                #expect(file.hasPrefix("HTTP/1.1 200") && file.contains(word))
                #expect(file.lowercased().contains("content-type: \(type)"))
                #expect(file.lowercased().contains("cache-control: max-age=31536000, immutable"))
                let path = try #require(address.split(separator: "?").first)
                let other = try await RawConnection.ask(port: port, "GET \(path)?other \(head)")
                #expect(other.hasPrefix("HTTP/1.1 200") && other.lowercased().contains("cache-control: no-store"))
            }
        }
    }
}
