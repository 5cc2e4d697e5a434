import DropFolder
import Foundation
import Ledger
import Station
import TestSupport
import Testing
import Timing

@testable import Reports

/// Reports that follow the ledger, by the clock.
@Suite(.timeLimit(.minutes(15)))
struct ReporterTests {
    func reporter(
        _ desk: Desk,
        _ reports: ReportDestination = .beside,
        after: Duration = .seconds(900),
        inbox: String? = nil
    ) -> Reporter {
        Reporter(
            ledger: desk.ledger,
            places: [inbox ?? desk.inbox.path: .init(reports: reports, reportAfter: after)],
            stateDirectory: desk.state.path,
            timeSource: desk.timeSource,
            logger: Desk.silent
        )
    }

    func record(_ desk: Desk, _ path: String) async throws -> ItemRecord {
        try #require(try await desk.ledger.item(at: ItemPath(inbox: desk.inbox.path, path: path)))
    }

    func unreported(_ desk: Desk) async throws -> [String] {
        try await desk.ledger.unreported(incompleteSince: .distantFuture, limit: 999).map(\.path)
    }

    @Test func `a refused station is told of at once, and the word changes with the state`() async throws {
        let desk = try Desk()
        try desk.inbox.makeFolder("site/a")
        try await desk.record("site/a", rejected: "There is no top.")
        try await desk.run(reporter(desk)) { turns in
            #expect(try desk.inbox.names(in: "site") == ["a", "a.REJECTED.txt"])
            #expect(
                try String(decoding: desk.inbox.read("site/a.REJECTED.txt"), as: UTF8.self).contains("There is no top.")
            )
            #expect(try await record(desk, "site/a").report == desk.inbox.path("site/a.REJECTED.txt"))

            let accepted = try await desk.record("site/a", .accepted(.sample()))
            await turns.next()
            #expect(try desk.inbox.names(in: "site") == ["a"])
            #expect(try await record(desk, "site/a").report == nil)

            try await desk.deliver(accepted)
            await turns.next()
            #expect(try desk.inbox.names(in: "site") == ["a", "a.UPLOADED.txt"])
            #expect(try await unreported(desk) == [])
        }
    }

    @Test func `an incomplete station is told of only after a while`() async throws {
        let desk = try Desk()
        try await desk.record("a", incomplete: "There is no pose.")
        try await desk.run(reporter(desk)) { turns in
            #expect(try desk.inbox.names() == [])
            await turns.next(after: .seconds(899))
            #expect(try desk.inbox.names() == [])
            await turns.next(after: .seconds(30))
            #expect(try desk.inbox.names() == ["a.WAITING.txt"])

            try await desk.deliver(desk.record("a", .accepted(.sample())))
            await turns.next()
            #expect(try desk.inbox.names() == ["a.UPLOADED.txt"])
        }
    }

    @Test func `what still changes is not complained of`() async throws {
        let desk = try Desk()
        try await desk.record("a", incomplete: "one of six")
        try await desk.run(reporter(desk)) { turns in
            for number in 2..<6 {
                await turns.next(after: .seconds(600))
                try await desk.record("a", incomplete: "\(number) of six")
            }
            await turns.next(after: .seconds(600))
            #expect(try desk.inbox.names() == [])
            await turns.next(after: .seconds(600))
            #expect(try desk.inbox.names() == ["a.WAITING.txt"])
        }
    }

    @Test func `a refused station that is being mended loses its report, and gets WAITING in its time`() async throws {
        let desk = try Desk()
        try await desk.record("a", rejected: "bad")
        try await desk.run(reporter(desk)) { turns in
            #expect(try desk.inbox.names() == ["a.REJECTED.txt"])
            try await desk.record("a", incomplete: "being copied")
            await turns.next()
            #expect(try desk.inbox.names() == [])
            #expect(try await record(desk, "a").report == nil)
            await turns.next(after: .seconds(900))
            #expect(try desk.inbox.names() == ["a.WAITING.txt"])
            #expect(try await unreported(desk) == [])
        }
    }

    @Test func `a station that went away takes its report with it`() async throws {
        let desk = try Desk()
        try await desk.record("a", rejected: "bad")
        try await desk.run(reporter(desk)) { turns in
            _ = try await desk.ledger.recordVanished(ItemPath(inbox: desk.inbox.path, path: "a"), at: desk.clock.date)
            await turns.next()
            #expect(try desk.inbox.names() == [])
        }
    }

    @Test func `what changes last before the shutdown is told, too`() async throws {
        let desk = try Desk()
        try await desk.run(reporter(desk)) { _ in
            try await desk.record("a", rejected: "bad")
        }
        #expect(try desk.inbox.names() == ["a.REJECTED.txt"])
    }

    @Test func `a restart repeats nothing and forgets nothing`() async throws {
        let desk = try Desk()
        try await desk.record("a", rejected: "bad")
        try await desk.run(reporter(desk)) { _ in }
        // With its folder: nobody needs it.
        try desk.inbox.remove("a.REJECTED.txt")
        try await desk.record("b", rejected: "bad")
        try await desk.run(reporter(desk)) { _ in }
        #expect(try desk.inbox.names() == ["b.REJECTED.txt"])
    }

    @Test func `a report that asks for something comes back when it was removed, and UPLOADED does not`() async throws {
        let desk = try Desk()
        for name in ["a", "b", "c"] { try desk.inbox.makeFolder(name) }
        try await desk.record("a", rejected: "bad")
        try await desk.record("b", rejected: "bad")
        try await desk.deliver(desk.record("c", .accepted(.sample())))
        try await desk.run(reporter(desk)) { _ in }
        let text = try desk.inbox.read("a.REJECTED.txt")
        for name in ["a.REJECTED.txt", "b.REJECTED.txt", "c.UPLOADED.txt", "b"] { try desk.inbox.remove(name) }
        // Twice: it makes no noise of its own.
        for _ in 1...2 {
            try await desk.run(reporter(desk)) { _ in }
            // A disk that is not there has lost no report.
            #expect(try desk.inbox.names() == ["a", "a.REJECTED.txt", "c"])
            #expect(try desk.inbox.read("a.REJECTED.txt") == text)
            #expect(try await record(desk, "a").revision == 2)
        }
    }

    @Test func `a removed report on what is no folder comes back while something is there`() async throws {
        let desk = try Desk()
        try await desk.recordHindrance(
            Hindrance(kind: .looseFiles, inbox: desk.inbox.path, path: Hindrance.looseFiles, names: ["front.jpg"])
        )
        try desk.inbox.write("x", to: "front.jpg")
        try await desk.run(reporter(desk)) { _ in }
        #expect(try desk.inbox.names() == ["front.jpg", "loose files.REJECTED.txt"])
        try desk.inbox.remove("loose files.REJECTED.txt")
        try await desk.run(reporter(desk)) { _ in }
        #expect(try desk.inbox.names() == ["front.jpg", "loose files.REJECTED.txt"])
        try desk.inbox.remove("loose files.REJECTED.txt")
        try desk.inbox.remove("front.jpg")
        try await desk.run(reporter(desk)) { _ in }
        #expect(try desk.inbox.names() == [])
    }

    @Test func `a renamed folder takes its report along, and one that comes back gets it again`() async throws {
        let desk = try Desk()
        try await desk.deliver(desk.record("old", .accepted(.sample())))
        try await desk.run(reporter(desk)) { turns in
            #expect(try desk.inbox.names() == ["old.UPLOADED.txt"])
            _ = try await desk.ledger.recordVanished(ItemPath(inbox: desk.inbox.path, path: "old"), at: desk.clock.date)
            try await desk.record("new", .accepted(.sample()))
            await turns.next()
            #expect(try desk.inbox.names() == ["new.UPLOADED.txt"])
            try await desk.record("old", .accepted(.sample()))
            await turns.next()
            #expect(try desk.inbox.names() == ["new.UPLOADED.txt", "old.UPLOADED.txt"])
            #expect(try await record(desk, "old").state.name == .registered)
        }
    }

    // MARK: One bad item stops nobody

    @Test func `a report that cannot be written holds up no other`() async throws {
        let desk = try Desk()
        // A file in the place of the folder that would take this one's report.
        let place = try TemporaryFolder()
        try place.write("", to: "blocked")
        try await desk.record("blocked/a", rejected: "bad")
        try await desk.record("b", rejected: "bad")
        try await desk.run(reporter(desk, .directory(place.path))) { turns in
            #expect(try place.names() == ["b.REJECTED.txt", "blocked"])
            #expect(try await unreported(desk) == ["blocked/a"])
            try place.remove("blocked")
            await turns.next()
            #expect(try place.names(in: "blocked") == ["a.REJECTED.txt"])
        }
    }

    @Test func `a folder above that is gone holds up nobody, and comes back`() async throws {
        let desk = try Desk()
        try await desk.record("gone/a", rejected: "bad")
        let delivered = try await desk.deliver(desk.record("gone/b", .accepted(.sample())))
        try await desk.record("c", rejected: "bad")
        try await desk.run(reporter(desk)) { turns in
            #expect(try desk.inbox.names() == ["c.REJECTED.txt"])
            // All is delivered and nobody is there to read it; the refused one may be on a disk that comes back.
            #expect(try await unreported(desk) == ["gone/a"])
            #expect(try await desk.ledger.item(delivered.id).report == nil)
            try desk.inbox.makeFolder("gone")
            await turns.next()
            #expect(try desk.inbox.names(in: "gone") == ["a.REJECTED.txt"])
        }
    }

    @Test func `an inbox that is not there keeps its reports due`() async throws {
        let desk = try Desk()
        let share = desk.inbox.path("share")
        let sighting = Sighting(
            at: ItemPath(inbox: share, path: "a"),
            stamp: Stamp(rawValue: "s"),
            outcome: .accepted(.sample())
        )
        try await desk.deliver(try await desk.ledger.record(sighting, at: desk.clock.date))
        try await desk.run(reporter(desk, inbox: share)) { turns in
            #expect(try await unreported(desk) == ["a"])
            try desk.inbox.makeFolder("share")
            await turns.next()
            #expect(try desk.inbox.names(in: "share") == ["a.UPLOADED.txt"])
        }
    }

    @Test func `many that have to wait do not hide those behind them`() async throws {
        let desk = try Desk()
        for index in 0..<130 {
            let sighting = Sighting(
                at: ItemPath(inbox: "/slow", path: "s\(index)"),
                stamp: Stamp(rawValue: "s"),
                outcome: .incomplete([Problem("x", "part")])
            )
            _ = try await desk.ledger.record(sighting, at: desk.clock.date)
        }
        try await desk.record("a", rejected: "bad")
        desk.clock.advance(by: .seconds(3600))
        let reporter = Reporter(
            ledger: desk.ledger,
            places: [
                desk.inbox.path: .init(reports: .beside, reportAfter: .seconds(60)),
                "/slow": .init(reports: .beside, reportAfter: .seconds(1_000_000)),
            ],
            stateDirectory: desk.state.path,
            timeSource: desk.timeSource,
            logger: Desk.silent
        )
        try await desk.run(reporter) { _ in }
        #expect(try desk.inbox.names() == ["a.REJECTED.txt"])
    }

    @Test func `hundreds are written in one turn`() async throws {
        let desk = try Desk()
        for index in 0..<230 { try await desk.record("s\(index)", rejected: "bad") }
        try await desk.run(reporter(desk)) { _ in }
        #expect(try desk.inbox.names().count == 230)
    }
}
