import DropFolder
import Foundation
import Ledger
import Station
import TestSupport
import Testing
import Timing

@testable import Reports

/// Where reports go.
extension ReporterTests {
    @Test func `reports that are off are not written, and not due for ever`() async throws {
        let desk = try Desk()
        try await desk.record("a", rejected: "bad")
        try await desk.run(reporter(desk, .off)) { _ in }
        #expect(try desk.inbox.names() == [])
        #expect(try await unreported(desk) == [])
    }

    @Test func `an inbox that is configured no more gets none`() async throws {
        let desk = try Desk()
        try await desk.record("a", rejected: "bad")
        try await desk.run(reporter(desk, inbox: "/elsewhere")) { _ in }
        #expect(try desk.inbox.names() == [])
        #expect(try await unreported(desk) == [])
    }

    @Test func `a folder of their own takes them under the same paths`() async throws {
        let desk = try Desk()
        let place = try TemporaryFolder()
        try await desk.record("site/a", rejected: "bad")
        try await desk.record("b", rejected: "bad")
        try await desk.run(reporter(desk, .directory(place.path("reports")))) { turns in
            #expect(try place.names(in: "reports") == ["b.REJECTED.txt", "site"])
            #expect(try place.names(in: "reports/site") == ["a.REJECTED.txt"])
            try await desk.deliver(desk.record("b", .accepted(.sample())))
            await turns.next()
            #expect(try place.names(in: "reports") == ["b.UPLOADED.txt", "site"])
        }
        #expect(try desk.inbox.names() == [])
    }

    /// `/sys` stands for a read-only share.
    @Test func `where the inbox cannot be written, the state directory takes them, and gives them up`() async throws {
        let desk = try Desk()
        func record(_ outcome: Sighting.Outcome) async throws -> ItemRecord {
            let sighting = Sighting(
                at: ItemPath(inbox: "/sys", path: "kernel/a"),
                stamp: Stamp(rawValue: "s"),
                outcome: outcome
            )
            return try await desk.ledger.record(sighting, at: desk.clock.date)
        }
        _ = try await record(.rejected([Problem("x", "bad")]))
        try await desk.run(reporter(desk, inbox: "/sys")) { turns in
            #expect(try desk.state.names(in: "reports/\(Reporter.folderName(of: "/sys"))/kernel") == ["a.REJECTED.txt"])
            let path = desk.state.path("reports/\(Reporter.folderName(of: "/sys"))/kernel/a.REJECTED.txt")
            #expect(try await desk.ledger.item(at: ItemPath(inbox: "/sys", path: "kernel/a"))?.report == path)
            let accepted = try await record(.accepted(.sample()))
            await turns.next()
            #expect(try desk.state.names(in: "reports/\(Reporter.folderName(of: "/sys"))/kernel") == [])
            try await desk.deliver(accepted)
            await turns.next()
            #expect(try desk.state.names(in: "reports/\(Reporter.folderName(of: "/sys"))/kernel") == ["a.UPLOADED.txt"])
        }
    }

    @Test func `where the crew has a file of that name, the state directory takes the report`() async throws {
        let desk = try Desk()
        try desk.inbox.write("our notes", to: "a.REJECTED.txt")
        try await desk.record("a", rejected: "bad")
        let own = "reports/" + Reporter.folderName(of: desk.inbox.path)
        try await desk.run(reporter(desk)) { turns in
            #expect(try desk.inbox.read("a.REJECTED.txt") == Data("our notes".utf8))
            #expect(try desk.state.names(in: own) == ["a.REJECTED.txt"])
            try await desk.deliver(desk.record("a", .accepted(.sample())))
            await turns.next()
            #expect(try desk.inbox.names() == ["a.REJECTED.txt", "a.UPLOADED.txt"])
            #expect(try desk.state.names(in: own) == [])
        }
    }

    @Test func `where the name beside the station is taken, the inbox's top folder takes the report, and gives it up`()
        async throws
    {
        let desk = try Desk()
        try desk.inbox.makeFolder("site/a")
        try desk.inbox.write("our notes", to: "site/a.REJECTED.txt")
        try await desk.record("site/a", rejected: "bad")
        let flat = ReportPlaces.flatName(of: "site/a")
        try await desk.run(reporter(desk)) { turns in
            #expect(try desk.inbox.names() == ["site", "\(flat).REJECTED.txt"])
            #expect(flat.hasPrefix("site_a~"))
            #expect(try await record(desk, "site/a").report == desk.inbox.path("\(flat).REJECTED.txt"))
            let elsewhere = try await desk.ledger.reportsElsewhere()
            #expect(elsewhere.count == 1 && elsewhere.first?.folder == desk.inbox.path && elsewhere.first?.count == 1)
            try await desk.deliver(desk.record("site/a", .accepted(.sample())))
            await turns.next()
            #expect(try desk.inbox.names() == ["site"])
            #expect(try desk.inbox.names(in: "site") == ["a", "a.REJECTED.txt", "a.UPLOADED.txt"])
            #expect(try await desk.ledger.reportsElsewhere().isEmpty)
        }
    }

    @Test func `names made of paths are never those of others`() {
        let paths = ["a/b_c", "a_b/c", "a/b/c", "a_b_c", "a/b_c~123456"]
        #expect(Set(paths.map(ReportPlaces.flatName)).count == paths.count)
        #expect(!paths.contains { path in paths.contains { ReportPlaces.flatName(of: $0) == path } })
    }

    @Test func `what had to go to the state directory comes back to the inbox at the next start that can write there`()
        async throws
    {
        let desk = try Desk()
        try await desk.record("a", rejected: "bad")
        let own = "reports/" + Reporter.folderName(of: desk.inbox.path)
        try desk.inbox.write("our notes", to: "a.REJECTED.txt")
        try await desk.run(reporter(desk)) { _ in }
        #expect(try desk.state.names(in: own) == ["a.REJECTED.txt"])
        try desk.inbox.remove("a.REJECTED.txt")
        try await desk.run(reporter(desk)) { _ in }
        #expect(try desk.state.names(in: own) == [])
        #expect(try desk.inbox.names() == ["a.REJECTED.txt"])
        #expect(try await desk.ledger.reportsElsewhere().isEmpty)
        #expect(try await unreported(desk) == [])
    }

    @Test(.enabled(if: Mounts.areAllowed, "mounts are forbidden here"))
    func `an inbox that cannot be written at all is told of before a report is due, and when it can be again`()
        async throws
    {
        let desk = try Desk()
        let mounts = Mounts()
        let reporter = reporter(desk)
        try await desk.run(reporter) { turns in
            #expect(reporter.trouble(of: desk.inbox.path) == nil)
            try mounts.mountReadOnly(at: desk.inbox.path)
            await turns.next()
            let trouble = try #require(reporter.trouble(of: desk.inbox.path))
            #expect(trouble.code == EROFS && trouble.advice.contains("ReadWritePaths=-\(desk.inbox.path)"))
            #expect(trouble.advice.contains("systemctl restart drop360"))
            try mounts.unmount(desk.inbox.path)
            await turns.next()
            #expect(reporter.trouble(of: desk.inbox.path) == nil)
        }
    }
}
