import Foundation
import Station
import Status
import Testing

@testable import Dashboard
@testable import Ledger

struct StatusPageTests {
    private static let now = Date(timeIntervalSince1970: 1_777_629_600)

    private static func record(path: String, _ state: ItemState) -> ItemRecord {
        ItemRecord(
            id: ItemNumber(rawValue: 7),
            inbox: "/srv/inbox",
            path: path,
            stamp: "s",
            state: state,
            notes: [],
            attempts: 0,
            notBefore: now,
            firstSeen: now,
            changedAt: now,
            revision: 1
        )
    }

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

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a'b&c", "\u{1B}[31m\u{202E}evil",
    ])
    func `nothing of a crew's names is read as markup`(name: String) {
        let problem = Problem("image-damaged", "In \(name) something is wrong.", file: name)
        let page = StatusPage(
            status: Self.status(
                inboxes: [.init(path: "/srv/" + name, available: false, reason: name)],
                recent: [Self.record(path: name, .rejected([problem]))]
            ),
            now: Self.now
        ).html
        #expect(!page.contains("<script"))
        #expect(!page.contains("<img"))
        #expect(!page.contains(name))
        #expect(!page.unicodeScalars.contains("\u{1B}"))
        #expect(!page.unicodeScalars.contains("\u{202E}"))
        #expect(!page.contains("<x>"))
    }

    @Test func `the page says since when and why nothing can be delivered`() {
        let page = StatusPage(status: Self.status(online: false, offlineReason: "No route."), now: Self.now).html
        #expect(page.contains("Nothing can be delivered since 2026-05-01 10:00:00 UTC. No route."))
        #expect(!page.contains("Connected to CDF"))
    }

    @Test func `every state has its number, also where it is 0`() throws {
        let facts = try JSONEncoder.facts.encode(Self.status())
        let object = try #require(try JSONSerialization.jsonObject(with: facts) as? [String: Any])
        #expect(object["online"] as? Bool == true)
        #expect(object["paused"] as? Bool == false)
        let page = StatusPage(status: Self.status(), now: Self.now).html
        for name in ItemState.Name.allCases { #expect(page.contains("<span>\(name.rawValue)</span>")) }
        #expect(page.contains("<b>3</b><span>registered</span>"))
        #expect(page.contains("<b>0</b><span>failed</span>"))
    }
}
