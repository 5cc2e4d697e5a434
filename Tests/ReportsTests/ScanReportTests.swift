import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Reports

/// The report about a file of which each position has become a station.
struct ScanReportTests {
    /// A scan in a ledger, and its report.
    private struct Case {
        let desk: Desk
        let positions: [String]
        var location: ItemPath { ItemPath(inbox: desk.inbox.path, path: "site/hall.e57") }
        /// What the file holds, besides the names of its positions.
        let content: String
        var digest: ContentDigest { ContentDigest(over: content.isEmpty ? ["scan"] : ["scan", content]) }

        init(_ positions: [String]) throws {
            desk = try Desk()
            self.positions = positions
            content = ""
        }

        /// The same file, corrected.
        init(correcting other: Case, positions: [String]) {
            desk = other.desk
            self.positions = positions
            content = "corrected"
        }

        @discardableResult
        func accepts(at path: String = "site/hall.e57", notes: [Problem] = []) async throws -> ItemRecord {
            let scan = Scan(
                name: "hall.e57",
                size: 3_000_000_000,
                fileDigest: FileDigest(rawValue: digest.rawValue),
                digest: digest,
                positions: positions.count
            )
            let sighting = Sighting(
                .scan,
                at: ItemPath(inbox: desk.inbox.path, path: path),
                stamp: Stamp(rawValue: path + content),
                outcome: .accepted(.scan(scan)),
                notes: notes
            )
            return try await desk.ledger.record(sighting, at: desk.clock.date)
        }

        func scan() async throws -> ItemRecord { try #require(try await desk.ledger.item(at: location)) }

        func location(_ position: String) -> ItemPath {
            ItemPath(inbox: desk.inbox.path, path: "site/hall.e57/\(position)/")
        }

        func beginUpload() async throws {
            let stamps = positions.map { (location($0).path, Stamp(rawValue: $0 + content)) }
            _ = try await desk.ledger.beginReading(
                scan().id,
                digest: digest,
                positions: Dictionary(uniqueKeysWithValues: stamps),
                at: desk.clock.date
            )
        }

        /// Reads positions; those with a problem are refused.
        func reads(_ problems: [String: Problem] = [:], notes: [Problem] = [], only: [String]? = nil) async throws {
            for name in only ?? positions {
                let station = ItemContent.station(Capture.sample("\(name)\(content)", station: name))
                let sighting = Sighting(
                    at: location(name),
                    stamp: Stamp(rawValue: name + content),
                    outcome: problems[name].map { .rejected([$0]) } ?? .accepted(station),
                    notes: notes
                )
                let record = try await desk.ledger.recordPosition(
                    sighting,
                    of: scan().id,
                    digest: digest,
                    at: desk.clock.date
                )
                if problems[name] == nil { try await desk.deliver(try #require(record)) }
            }
        }

        func finishes() async throws {
            _ = try await desk.ledger.finishReading(scan().id, digest: digest, at: desk.clock.date)
            _ = try await desk.ledger.settleScans(at: desk.clock.date)
        }

        func report(at path: String = "site/hall.e57") async throws -> CrewReport? {
            let location = ItemPath(inbox: desk.inbox.path, path: path)
            let record = try #require(try await desk.ledger.item(at: location))
            return CrewReport(
                forScan: record,
                original: try await desk.ledger.original(of: record),
                outcome: try await ScanOutcome.read(of: record, from: desk.ledger),
                clearing: try await desk.ledger.clearing(of: record)
            )
        }
    }

    private static let seams = Problem("seams", "Left and right look swapped: export it again.")

    @Test func `a file of which every position is delivered lists them with their images`() async throws {
        let file = try Case(["s1", "s2"])
        try await file.accepts(notes: [Problem("skipped", "Image 7 is a thumbnail and was skipped.")])
        #expect(try await file.report() == nil)
        try await file.beginUpload()
        #expect(try await file.report() == nil, "on its way")
        try await file.reads(notes: [Problem("azimuth", "North was taken to be in the middle.")])
        try await file.finishes()
        let report = try #require(try await file.report())
        #expect(report.word == "UPLOADED")
        let lines = report.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("E57 file: site/hall.e57"))
        #expect(lines.contains("2 positions have been delivered. drop360 no longer needs the file."))
        #expect(lines.contains { $0.contains("The point cloud was not sent") })
        #expect(lines.contains("* s1: delivered, image site-a/s1/20260501T100000Z (number 2)"))
        #expect(lines.contains("* s2: delivered, image site-a/s2/20260501T100000Z (number 3)"))
        #expect(lines.contains("* Image 7 is a thumbnail and was skipped."))
        #expect(lines.contains("* North was taken to be in the middle. (s1, s2)"))
    }

    @Test func `positions that a corrected file no longer has are listed with the command that takes them out`()
        async throws
    {
        let file = try Case(["s1", "s2", "it's 3"])
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads()
        try await file.finishes()
        #expect(try await file.report()?.text.contains("Still in the viewer") == false)

        let corrected = Case(correcting: file, positions: ["s1", "s4"])
        try await corrected.accepts()
        try await corrected.beginUpload()
        try await corrected.reads()
        try await corrected.finishes()
        let report = try #require(try await corrected.report())
        #expect(report.word == "UPLOADED")
        let lines = report.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("2 positions have been delivered. drop360 no longer needs the file."))
        #expect(lines.contains("Still in the viewer, of positions that the file no longer has:"))
        let commands = lines.filter { $0.contains("drop360 retract") }
        #expect(
            commands == [
                "* site-a/s2/20260501T100000Z: `drop360 retract site-a/s2/20260501T100000Z`",
                "* site-a/it's 3/20260501T100000Z: `drop360 retract \(shellWord("site-a/it's 3/20260501T100000Z"))`",
            ]
        )
        #expect(lines.contains { $0.hasPrefix("* s2: delivered, and no longer in the file, image site-a/s2/") })
    }

    @Test(arguments: [ClearingPlan.Way.move(to: "/srv/done"), .delete])
    func `a file that has left the inbox after its delivery keeps its list`(way: ClearingPlan.Way) async throws {
        let file = try Case(["s1", "s2"])
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads()
        try await file.finishes()
        let before = try #require(try await file.report()).text
        let entry = ClearingPlan.Entry(name: "hall.e57", inode: 1, size: 1, digest: nil)
        let plan = ClearingPlan(way: way, folder: "site", entries: [entry], removesFolder: false)
        let (ledger, now) = (file.desk.ledger, file.desk.clock.date)
        #expect(try await ledger.beginClearing(of: file.scan(), plan, at: now))
        #expect(try await file.report()?.text == before)
        _ = try await ledger.recordCleared(file.scan().id, remaining: 0, at: now)
        let lines = try #require(try await file.report()).text.split(separator: "\n").map(String.init)
        #expect(lines.contains("* s2: delivered, image site-a/s2/20260501T100000Z (number 3)"))
        let place =
            way == .delete
            ? "drop360 has deleted the file on \(now.formatted(.iso8601)), as the operator configured."
            : "drop360 has moved the file to /srv/done/site/hall.e57."
        #expect(lines.contains(place))
        // The watcher finds it gone, which changes nothing.
        _ = try await ledger.recordVanished(ItemPath(inbox: file.desk.inbox.path, path: "site/hall.e57"), at: now)
        #expect(try await file.report()?.text.contains(place) == true)
    }

    @Test func `notes with each position's own numbers do not fill the report`() async throws {
        let file = try Case((1...9).map { "s\($0)" })
        try await file.accepts()
        try await file.beginUpload()
        for (index, name) in file.positions.enumerated() {
            try await file.reads(notes: [Problem("pose-far", "It is \(1000 + index) m away.")], only: [name])
        }
        try await file.finishes()
        let text = try #require(try await file.report()).text
        #expect(text.contains("* It is 1000 m away. (s1)\n"))
        #expect(text.components(separatedBy: " m away.").count == 4, "three of nine: \(text)")
        #expect(text.contains("* The same kind of note (`pose-far`) about: s4, s5 and 4 more\n"))
    }

    @Test(arguments: [(3, "all 3 positions"), (9, "s1, s2 and 7 more")])
    func `what is worth knowing of many positions is said once`(count: Int, words: String) async throws {
        let file = try Case((1...count).map { "s\($0)" } + (count > 3 ? ["dull"] : []))
        try await file.accepts()
        try await file.beginUpload()
        let noted = file.positions.filter { $0 != "dull" }
        try await file.reads(notes: [Problem("azimuth", "North was taken to be in the middle.")], only: noted)
        if count > 3 { try await file.reads(only: ["dull"]) }
        try await file.finishes()
        let text = try #require(try await file.report()).text
        #expect(text.contains("Worth knowing:\n\n* North was taken to be in the middle. (\(words))\n"))
        #expect(text.components(separatedBy: "North was taken").count == 2, "once")
        #expect(!text.contains("sidecar"), "positions have none")
    }

    @Test func `a removed report comes back as long as a position needs help, though the file is done`() async throws {
        let file = try Case(["s1", "s2"])
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads(["s2": Self.seams])
        try await file.finishes()
        #expect(try await file.scan().state.name == .registered)
        try file.desk.inbox.makeFolder("site")
        try file.desk.inbox.write("x", to: "site/hall.e57")
        for _ in 1...2 {
            try await file.desk.run(ReporterTests().reporter(file.desk)) { _ in }
            #expect(try file.desk.inbox.names(in: "site") == ["hall.e57", "hall.e57.REJECTED.txt"])
            try file.desk.inbox.remove("site/hall.e57.REJECTED.txt")
        }
    }

    @Test func `one refused position is in the name of the report, before the others, with what to do`() async throws {
        let file = try Case(["s1", "s2", "s3"])
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads(["s3": Self.seams])
        try await file.finishes()
        let report = try #require(try await file.report())
        #expect(report.word == "REJECTED")
        #expect(report.text.contains("Delivered: 2 of 3 positions; 1 could not be."))
        let lines = report.text.split(separator: "\n").map(String.init)
        let list = try #require(lines.firstIndex(of: "Positions:"))
        #expect(lines[list + 1] == "* s3: refused (number 4)")
        #expect(lines[list + 2] == "    Left and right look swapped: export it again.")
        #expect(lines[list + 3].hasPrefix("* s1: delivered"))
    }

    @Test func `a file of which every position was refused says so once`() async throws {
        let file = try Case(["s1", "s2"])
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads(["s1": Self.seams, "s2": Self.seams])
        try await file.finishes()
        let report = try #require(try await file.report())
        #expect(report.word == "REJECTED")
        #expect(report.text.contains("All 2 positions of this file were refused."))
        #expect(report.text.components(separatedBy: "Left and right").count == 3, "once for each")
    }

    @Test func `a position that failed has its reason and its advice`() async throws {
        let file = try Case(["s1", "s2"])
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads(only: ["s1"])
        let sighting = Sighting(
            at: file.location("s2"),
            stamp: Stamp(rawValue: "s2"),
            outcome: .accepted(.sample("s2", station: "s2"))
        )
        let second = try #require(
            try await file.desk.ledger.recordPosition(
                sighting,
                of: file.scan().id,
                digest: file.digest,
                at: file.desk.clock.date
            )
        )
        try await file.desk.fail(second, .init(summary: "CDF refused the image.", advice: "Ask CDF."))
        try await file.finishes()
        let report = try #require(try await file.report())
        #expect(report.word == "REJECTED")
        #expect(
            report.text.contains("* s2: could not be delivered (number 3)\n    CDF refused the image.\n    Ask CDF.\n")
        )
    }

    @Test func `a file that went away while it was read is waited for`() async throws {
        let file = try Case(["s1", "s2", "s3"])
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads(only: ["s1"])
        _ = try await file.desk.ledger.recordVanished(file.location, at: file.desk.clock.date)
        let report = try #require(try await file.report())
        #expect(report.word == "WAITING")
        #expect(report.text.contains("1 of 3 positions were read before the file went away"))
        #expect(report.text.contains("* s1: delivered"))
    }

    @Test func `nothing is said of a file that went away before or after it was read`() async throws {
        let unread = try Case(["s1"])
        try await unread.accepts()
        _ = try await unread.desk.ledger.recordVanished(unread.location, at: unread.desk.clock.date)
        #expect(try await unread.report() == nil)
        let read = try Case(["s1"])
        try await read.accepts()
        try await read.beginUpload()
        try await read.reads()
        try await read.finishes()
        _ = try await read.desk.ledger.recordVanished(read.location, at: read.desk.clock.date)
        #expect(try await read.report() == nil)
    }

    @Test func `a copy of a delivered file says where the content is`() async throws {
        let file = try Case(["s1"])
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads()
        try await file.finishes()
        try await file.accepts(at: "copy.e57")
        let report = try #require(try await file.report(at: "copy.e57"))
        #expect(report.word == "UPLOADED")
        #expect(report.text.contains("delivered before, from \(file.location.absolute)"))
        #expect(!report.text.contains("Positions:"))
    }

    @Test func `four hundred positions are all listed, and of very many the first with the number of the others`()
        async throws
    {
        let file = try Case((1...401).map { "s\($0)" })
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads(Dictionary(uniqueKeysWithValues: file.positions.map { ($0, Self.seams) }))
        try await file.finishes()
        let text = try #require(try await file.report()).text
        #expect(file.positions.allSatisfy { text.contains("* \($0): refused") })
        var outcome = try await ScanOutcome.read(of: file.scan(), from: file.desk.ledger)
        outcome.counts = [.rejected: 401, .registered: 9599]
        let cut = try #require(CrewReport(forScan: try await file.scan(), original: nil, outcome: outcome))
        #expect(cut.text.contains("* and 9599 more, all without problems"))
    }

    @Test func `the report beside the file follows its positions`() async throws {
        let file = try Case(["s1", "s2"])
        try file.desk.inbox.makeFolder("site")
        try file.desk.inbox.write("E57", to: "site/hall.e57")
        try await file.accepts()
        try await file.beginUpload()
        try await file.reads(["s1": Self.seams])
        try await file.finishes()
        let reporter = ReporterTests().reporter(file.desk)
        try await file.desk.run(reporter) { turns in
            #expect(try file.desk.inbox.names(in: "site") == ["hall.e57", "hall.e57.REJECTED.txt"])
            _ = try await file.desk.ledger.retry(file.scan().id, at: file.desk.clock.date)
            try await file.beginUpload()
            try await file.reads(only: ["s1"])
            await turns.next()
            #expect(try file.desk.inbox.names(in: "site") == ["hall.e57", "hall.e57.UPLOADED.txt"])
        }
    }
}
