import DropFolder
import Foundation
import Inspection
import Ledger
import Station
import TestSupport
import Testing

@testable import Reports

/// The words for the crew.
struct CrewReportTests {
    private func report(_ desk: Desk, _ record: ItemRecord) async throws -> CrewReport? {
        CrewReport(
            for: record,
            original: try await desk.ledger.original(of: record),
            standing: try await desk.ledger.standingImages(of: record.id)
        )
    }

    @Test func `nothing is said of a station that is on its way or gone`() async throws {
        let desk = try Desk()
        var record = try await desk.record("a", .accepted(.sample()))
        #expect(try await report(desk, record) == nil)
        record = try await desk.beginUpload(record)
        #expect(try await report(desk, record) == nil)
        record = try await desk.upload(record)
        #expect(record.state.name == .uploaded)
        #expect(try await report(desk, record) == nil)
        let gone = try await desk.record("b", .accepted(.sample("two", station: "s2")))
        let vanished = try await desk.ledger.recordVanished(ItemPath(inbox: gone.inbox, path: "b"), at: desk.clock.date)
        #expect(try await report(desk, #require(vanished)) == nil)
    }

    @Test func `a refused station gets one line per problem, with the file`() async throws {
        let desk = try Desk()
        let problems = [
            Problem("face-missing", "There is no top: copy it."),
            Problem("image-broken", "It ends early: export it again.", file: "left.jpg"),
        ]
        let record = try await desk.record("site/a", .rejected(problems), notes: [Problem("n", "Odd size.")])
        let said = try #require(try await report(desk, record))
        #expect(said.word == "REJECTED")
        let lines = said.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.first == "drop360: REJECTED")
        #expect(lines.contains("Station folder: site/a"))
        #expect(lines.contains("Time: 2026-05-01T12:00:00.000+00:00"))
        #expect(lines.contains("Number in the ledger: \(record.id)"))
        #expect(
            lines.filter { $0.hasPrefix("* ") } == [
                "* There is no top: copy it.", "* left.jpg: It ends early: export it again.", "* Odd size.",
            ]
        )
        #expect(said.text.contains("checks it again automatically"))
        #expect(said.text.hasSuffix("\n"))
        // Nothing of it stands in CDF.
        #expect(!said.text.contains("Image: "))
    }

    @Test func `an incomplete station is waited for, and what is missing is said`() async throws {
        let desk = try Desk()
        let said = try #require(try await report(desk, desk.record("a", incomplete: "There is no pose.")))
        #expect(said.word == "WAITING")
        #expect(said.text.contains("\n* There is no pose.\n"))
    }

    @Test func `a failed station is good, and left alone`() async throws {
        let desk = try Desk()
        let record = try await desk.beginUpload(desk.record("a", .accepted(.sample())))
        let failed = try await desk.fail(record, .init(summary: "CDF refused it.", advice: "Ask the operator."))
        let said = try #require(try await report(desk, failed))
        #expect(said.word == "WAITING")
        #expect(said.text.contains("\n* CDF refused it.\n* Ask the operator.\n"))
        #expect(said.text.contains("Leave the folder as it is, and give the operator the number above."))
    }

    @Test func `a delivered station gets its ids and what was sent`() async throws {
        let desk = try Desk()
        let said = try #require(try await report(desk, desk.deliver(desk.record("a", .accepted(.sample())))))
        let capture = Capture.sample()
        #expect(said.word == "UPLOADED")
        #expect(said.text.contains("\nCollection: site-a\nStation: site-a/s1\nImage: site-a/s1/20260501T100000Z\n"))
        for face in Face.allCases {
            let sha = try #require(capture.faces[face]?.digest.rawValue)
            #expect(said.text.contains("\n  \(face.rawValue): \(face.rawValue).jpg, 1000 bytes, sha256 \(sha)\n"))
        }
        #expect(!said.text.contains("delivered before"))
    }

    @Test func `a copy is told where its content stands already`() async throws {
        let desk = try Desk()
        try await desk.deliver(desk.record("first", .accepted(.sample())))
        let copy = try await desk.record("second", .accepted(.sample(station: "s2")))
        let said = try #require(try await report(desk, copy))
        #expect(said.word == "UPLOADED")
        #expect(said.text.contains("delivered before, from \(desk.inbox.path)/first; nothing was sent again."))
        #expect(said.text.contains("\nStation: site-a/s1\nImage: site-a/s1/20260501T100000Z\n"))
        #expect(!said.text.contains("site-a/s2"))
    }

    @Test func `nothing from outside can drive a terminal or make a line of its own`() async throws {
        let desk = try Desk()
        let evil = "x\u{1b}[2J\u{7}\n* All is well.\r\u{202e}txt\u{2028}\u{9b}31m\u{0}"
        var capture = Capture.sample()
        capture.ids = ExternalIDs(prefix: evil, siteID: "s", stationID: evil, time: nil, digest: capture.digest)
        for face in Face.allCases { capture.faces[face]?.fileName = evil }
        let records = [
            try await desk.record(evil, .rejected([Problem("c", evil, file: evil)]), notes: [Problem("n", evil)]),
            try await desk.record("b" + evil, .incomplete([Problem("c", evil)])),
            try await desk.deliver(
                desk.record("c" + evil, .accepted(.station(capture)), notes: [Problem("n", evil, file: evil)])
            ),
            try await desk.record("d" + evil, .accepted(.station(capture))),
            try await desk.fail(
                desk.beginUpload(desk.record("e", .accepted(.sample("e", station: "e")))),
                .init(summary: evil, advice: evil)
            ),
        ]
        for record in records {
            let said = try #require(try await report(desk, record))
            let bad = said.text.unicodeScalars.filter {
                $0 != "\n"
                    && [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            }
            #expect(bad.isEmpty, "\(record.state.name)")
            #expect(!said.text.contains("\n* All is well."))
        }
    }

    @Test func `a bad edit after the delivery does not say that nothing was sent`() async throws {
        let desk = try Desk()
        try await desk.deliver(desk.record("a", .accepted(.sample())))
        let said = try #require(try await report(desk, desk.record("a", rejected: "It ends early.")))
        #expect(said.word == "REJECTED")
        #expect(!said.text.contains("Nothing of this folder was sent"))
        #expect(
            said.text.contains(
                "The folder as it is now was not sent. An earlier version of it is still in CDF: image "
                    + "site-a/s1/20260501T100000Z. What is wrong, and what to do:"
            )
        )
        let waiting = try #require(try await report(desk, desk.record("a", incomplete: "No pose.")))
        #expect(waiting.text.contains("An earlier version of it is still in CDF: image site-a/s1/20260501T100000Z."))
    }

    @Test func `an image that another folder has replaced since is not said to stand`() async throws {
        let desk = try Desk()
        try await desk.deliver(desk.record("a", .accepted(.sample())))
        let other = try await desk.record("b", .accepted(.sample("two")))
        _ = try await desk.ledger.allowReplacing(other.id, at: desk.clock.date)
        try await desk.deliver(desk.record("b", .accepted(.sample("two"))))
        let said = try #require(try await report(desk, desk.record("a", rejected: "bad")))
        #expect(said.text.contains("Nothing of this folder was sent"))
    }

    @Test(arguments: [
        (Hindrance.Kind.looseFiles, "loose files/", "Place: the inbox itself\n"),
        (.nameNotUTF8, "site/St%E4tte/", "Place: site/St%E4tte\n"), (.archive, "site/a.zip", "Place: site/a.zip\n"),
        (.link, "site/a", "Place: site/a\n"), (.backslashes, "a\\b/", "Place: a\\b\n"),
    ])
    func `what cannot be taken as a station is spoken of as what it is`(
        kind: Hindrance.Kind,
        path: String,
        place: String
    )
        async throws
    {
        let desk = try Desk()
        let hindrance = Hindrance(kind: kind, inbox: desk.inbox.path, path: path, names: ["a"])
        let record = try await desk.recordHindrance(hindrance)
        let said = try #require(try await report(desk, record))
        #expect(said.word == "REJECTED")
        #expect(said.text.contains(place))
        #expect(said.text.contains("cannot take this as a station"))
        #expect(said.text.contains("This report disappears once that is done"))
        #expect(!said.text.contains("Station folder"))
        #expect(said.text.contains("\n* \(hindrance.problem.sentence)\n"))
    }

    @Test func `nothing is said of a delivered station whose folder is gone`() async throws {
        let desk = try Desk()
        try await desk.deliver(desk.record("a", .accepted(.sample())))
        let gone = try await desk.ledger.recordVanished(
            ItemPath(inbox: desk.inbox.path, path: "a"),
            at: desk.clock.date
        )
        #expect(try await report(desk, #require(gone)) == nil)
    }

    @Test func `a very long message is cut`() async throws {
        let desk = try Desk()
        let record = try await desk.record("a", rejected: String(repeating: "long ", count: 10_000))
        #expect(try #require(try await report(desk, record)).text.utf8.count < 2000)
    }

    // MARK: Images that an operator is to look at

    private func retract(_ desk: Desk, _ image: String) async throws {
        let plan = try await desk.ledger.planRetraction(of: image, at: image)
        let wish = try await desk.ledger.requestRetraction(of: plan, withFiles: false, at: desk.clock.date)
        _ = try await desk.ledger.recordImageGone(wish.externalID, at: desk.clock.date)
        _ = try await desk.ledger.recordRetracted(wish, words: "", at: desk.clock.date)
    }

    @Test func `a folder whose image was taken out of CDF is told so, until it is gone`() async throws {
        let desk = try Desk()
        try await desk.deliver(desk.record("a", .accepted(.sample())))
        try await retract(desk, "a")
        let said = try #require(try await report(desk, desk.station("a")))
        #expect(said.word == "WITHDRAWN")
        #expect(
            said.text.contains("An operator took the image of this station out of CDF; it is no longer in the viewer.")
        )
        #expect(said.text.contains("Image that was taken out: site-a/s1/20260501T100000Z"))
        #expect(!said.text.contains("\nImage: "))
        #expect(try await report(desk, desk.recordGone("a")) == nil)
    }

    @Test func `an image that was left behind is named, with the command`() async throws {
        let desk = try Desk()
        try await desk.deliver(desk.record("a", .accepted(.sample())))
        try await desk.deliver(desk.record("a", .accepted(.sample("two", station: "s 2"))))
        let said = try #require(try await report(desk, desk.station("a")))
        #expect(said.word == "UPLOADED")
        #expect(
            said.text.contains("* Image site-a/s1/20260501T100000Z, delivered from here before, is still in the viewer")
        )
        #expect(said.text.contains("`drop360 retract site-a/s1/20260501T100000Z`"))
        // A name with a space is one word of the command.
        try await desk.deliver(desk.record("a", .accepted(.sample("three", station: "s3"))))
        let both = try #require(try await report(desk, desk.station("a")))
        #expect(both.text.contains("`drop360 retract 'site-a/s 2/20260501T100000Z'`"))
        try await retract(desk, "site-a/s 2/20260501T100000Z")
        try await retract(desk, "site-a/s1/20260501T100000Z")
        #expect(try await report(desk, desk.station("a"))?.text.contains("drop360 retract") == false)
    }

    @Test func `the visits that keep the old pose are listed in the report of the corrected one`() async throws {
        let desk = try Desk()
        try await desk.deliver(desk.record("a", .sample("one")))
        try await desk.deliver(desk.record("b", .sample("two", time: Capture.eleven)))
        try await desk.deliver(desk.record("a", .sample("one", x: 4)))
        let record = try await desk.station("a")
        let said = try #require(try await report(desk, record))
        #expect(said.text.contains("* Other visits of this station still have the pose from before the correction:"))
        #expect(said.text.contains("site-a/s1/20260501T110000Z (3.0 m and 0.0° away, from \(desk.inbox.path)/b)"))
        #expect(said.text.contains("`drop360 replace \(record.id) --with-visits`"))
        _ = try await desk.ledger.giveVisitsPose(of: record.id, at: desk.clock.date)
        let other = try #require(try await report(desk, desk.register("b")))
        #expect(other.text.contains("An operator gave this visit the pose of another one of its station."))
        #expect(try await report(desk, desk.station("a"))?.text.contains("Other visits") == false)
    }
}
