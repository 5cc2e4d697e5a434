import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// What inspection says of one folder, and what the ledger makes of it.
struct SightingTests {
    private let missing = [Problem("face-missing", "top is missing", file: nil), Problem("no-pose", "no sidecar")]

    @Test func `a folder is seen, waits, is accepted, and is found again`() async throws {
        let bench = try LedgerBench()
        let seen = try await bench.record("site/a", incomplete: missing)
        #expect(seen.state == .incomplete(missing))
        #expect(seen.problems == missing)
        #expect(seen.folder == "/srv/inbox/site/a")
        #expect(seen.capture == nil)
        #expect(seen.firstSeen == bench.clock.date)
        #expect(try await bench.events("site/a") == ["seen", "incomplete"])

        let accepted = try await bench.record("site/a", .sample())
        #expect(accepted.id == seen.id)
        #expect(accepted.state == .accepted(Capture.sample().digest))
        #expect(accepted.capture == .sample())
        #expect(accepted.firstSeen == seen.firstSeen)
        #expect(accepted.changedAt == bench.clock.date)
        #expect(accepted.problems == [])
        #expect(accepted.revision == seen.revision + 1)
        #expect(try await bench.fileStates("site/a") == Array(repeating: .pending, count: 6))
        #expect(try await bench.station("site/a") == accepted)
        #expect(try await bench.ledger.counts()[.accepted] == 1)
    }

    @Test func `a station goes from step to step to registered, and each step is in the history`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", incomplete: missing)
        try await bench.record("a", .sample())
        #expect(try await bench.beginUpload("a").state.name == .uploading)
        #expect(try await bench.send(Array(Face.allCases.dropLast()), of: "a").state.name == .uploading)
        #expect(try await bench.send([.bottom], of: "a").state.name == .uploaded)
        let done = try await bench.register("a")
        #expect(done.state == .registered(Capture.sample().digest))
        #expect(done.registeredAt == bench.clock.date)
        #expect(
            try await bench.events("a") == [
                "seen", "incomplete", "accepted", "upload-started", "uploaded", "registered",
            ]
        )
        let states = try await bench.ledger.history(of: done.id).map(\.state)
        #expect(states == [.incomplete, .incomplete, .accepted, .uploading, .uploaded, .registered])
        #expect(try await bench.nextDue(at: bench.clock.date) == nil)
    }

    @Test func `recording the same again changes nothing but the stamp`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", incomplete: missing)
        let first = try await bench.record("a", incomplete: missing)
        var second = try await bench.record("a", incomplete: missing)
        #expect(second == first)
        second = try await bench.record("a", .sample(), stamp: "1")
        let third = try await bench.record("a", .sample(), stamp: "2")
        #expect(third.lastSight == .stamp(Stamp(rawValue: "2")))
        #expect(third.changedAt == second.changedAt)
        #expect(third.revision == second.revision)
        #expect(try await bench.events("a") == ["seen", "incomplete", "accepted"])
    }

    @Test func `other problems are a change, the same ones are not`() async throws {
        let bench = try LedgerBench()
        let one = try await bench.record("a", rejected: [Problem("x", "one")])
        let two = try await bench.record("a", rejected: [Problem("x", "one"), Problem("y", "two")])
        let three = try await bench.record("a", rejected: [Problem("x", "one"), Problem("y", "two")])
        #expect(one.revision < two.revision)
        #expect(three == two)
        #expect(try await bench.ledger.history(of: two.id).last?.detail == "one two")
    }

    @Test func `a refused folder is accepted once it is fixed`() async throws {
        let bench = try LedgerBench()
        #expect(try await bench.record("a", rejected: [Problem("x", "bad")]).state.name == .rejected)
        #expect(try await bench.record("a", .sample()).state.name == .accepted)
        #expect(try await bench.record("a", rejected: [Problem("x", "bad again")]).state.name == .rejected)
        #expect(try await bench.fileStates("a") == [])
    }

    @Test func `notes and metadata are read back as they were written, whatever is in them`() async throws {
        let bench = try LedgerBench()
        let odd = "quote\" back\\slash\nnew line \u{1b}[31m æøå 🧭"
        var capture = Capture.sample(odd, station: "s/ü 1", site: odd)
        // No path can have a zero byte; a sidecar can.
        capture.metadata = [odd + "\u{0}end": odd + "\u{0}end", "": ""]
        capture.time = nil
        let sighting = Sighting(
            at: ItemPath(inbox: "/in box/'; DROP TABLE item; --", path: "føø/" + odd),
            stamp: Stamp(rawValue: odd),
            outcome: .accepted(.station(capture)),
            notes: [Problem("note", odd, file: odd)]
        )
        let record = try await bench.ledger.record(sighting, at: bench.now)
        let read = try await bench.reopened().item(record.id)
        #expect(read.capture == capture)
        #expect(read.notes == sighting.notes)
        #expect(read.location == sighting.location)
        #expect(read.lastSight == .stamp(Stamp(rawValue: odd)))
    }

    @Test func `the numbers of a pose are read back to the last bit`() async throws {
        let bench = try LedgerBench()
        let numbers: [Double] = [0.1 + 0.2, 1 / 3, 9999.999999999998, .leastNormalMagnitude, .greatestFiniteMagnitude]
        for (index, x) in numbers.enumerated() {
            var capture = Capture.sample("\(index)", station: "s\(index)")
            capture.pose.translation.x = x
            let record = try await bench.record("a\(index)", capture)
            let read = try #require(try await bench.reopened().item(record.id).capture)
            #expect(read.pose.translation.x.bitPattern == x.bitPattern)
        }
    }

    @Test func `folders of the same name in two inboxes are two stations`() async throws {
        let bench = try LedgerBench()
        let one = Sighting(
            at: ItemPath(inbox: "/one", path: "a"),
            stamp: Stamp(rawValue: "1"),
            outcome: .accepted(.sample("x", station: "x"))
        )
        let two = Sighting(
            at: ItemPath(inbox: "/two", path: "a"),
            stamp: Stamp(rawValue: "2"),
            outcome: .accepted(.sample("y", station: "y"))
        )
        let first = try await bench.ledger.record(one, at: bench.now)
        let second = try await bench.ledger.record(two, at: bench.now)
        #expect(first.id != second.id)
        #expect(try await bench.knownItems(inbox: "/one") == ["a": "1"])
        #expect(try await bench.knownItems(inbox: "/two") == ["a": "2"])
        #expect(try await bench.knownItems(inbox: "/three") == [:])
    }

    // MARK: Rewriting while it is on its way

    @Test func `a folder that is being rewritten waits, and what was delivered from it stays delivered`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        #expect(try await bench.record("a", incomplete: missing).state == .incomplete(missing))
        try await bench.record("a", .sample())
        try await bench.beginUpload("a")
        #expect(try await bench.record("a", incomplete: missing).state == .incomplete(missing))
        try await bench.record("a", .sample())
        try await bench.beginUpload("a")
        try await bench.send(of: "a")
        #expect(try await bench.record("a", incomplete: missing).state.name == .uploaded)
        try await bench.register("a")
        #expect(try await bench.record("a", incomplete: missing).state.name == .registered)
    }

    @Test func `faces that were sent before an interruption are not sent again`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.beginUpload("a")
        try await bench.send([.front, .back], of: "a")
        try await bench.record("a", incomplete: missing)
        try await bench.record("a", .sample())
        #expect(try await bench.fileStates("a") == [.sent, .sent, .pending, .pending, .pending, .pending])
        try await bench.beginUpload("a")
        #expect(try await bench.fileStates("a") == [.sent, .sent, .pending, .pending, .pending, .pending])
    }

    @Test func `a touched folder with the same content keeps its state`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.beginUpload("a")
        #expect(try await bench.record("a", .sample(), stamp: "touched").state.name == .uploading)
        try await bench.send(of: "a")
        #expect(try await bench.record("a", .sample(), stamp: "touched 2").state.name == .uploaded)
        #expect(try await bench.fileStates("a") == Array(repeating: .sent, count: 6))
        try await bench.register("a")
        let registered = try await bench.station("a")
        let touched = try await bench.record("a", .sample(), stamp: "touched 3")
        #expect(touched.state == registered.state)
        #expect(touched.registeredAt == registered.registeredAt)
        #expect(touched.revision == registered.revision)
        #expect(try await bench.fileStates("a") == Array(repeating: .confirmed, count: 6))
    }

    /// The configuration's prefix, site or time zone changed meanwhile: the content is the same, its ids are not.
    @Test(arguments: [ItemState.Name.uploading, .uploaded, .registered])
    func `a station whose upload has begun keeps its ids`(begun: ItemState.Name) async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        try await bench.beginUpload("a")
        try await bench.send([.front], of: "a")
        if begun != .uploading { try await bench.send(of: "a") }
        if begun == .registered { try await bench.register("a") }
        let (before, faces) = (try await bench.station("a"), try await bench.ledger.files(of: bench.station("a").id))
        let after = try await bench.record("a", .sample(prefix: "new:"))
        #expect(after.state == before.state)
        #expect(after.capture == before.capture)
        #expect(try await bench.ledger.files(of: after.id) == faces)
    }

    @Test func `a station whose upload has not begun gets the new ids`() async throws {
        let bench = try LedgerBench()
        try await bench.record("a", .sample())
        let after = try await bench.record("a", .sample(prefix: "new:"))
        #expect(after.capture?.ids.image.hasPrefix("new:") == true)
        #expect(try await bench.ledger.files(of: after.id).allSatisfy { $0.externalID.hasPrefix("new:") })
    }

    // MARK: Vanishing

    /// Without `processing`, which `PointCloudTests` covers: no station is ever in it.
    @Test(arguments: ItemState.Name.allCases.filter { $0 != .processing })
    func `a folder that vanishes is withdrawn unless CDF has all of it`(state: ItemState.Name) async throws {
        let bench = try LedgerBench()
        switch state {
        case .incomplete: try await bench.record("a", incomplete: missing)
        case .rejected: try await bench.record("a", rejected: [Problem("x", "bad")])
        case .withdrawn:
            try await bench.record("a", .sample())
            try await bench.recordGone("a")
        default:
            try await bench.record("a", .sample())
            if state != .accepted { try await bench.beginUpload("a") }
            if state == .uploaded || state == .registered { try await bench.send(of: "a") }
            if state == .registered { try await bench.register("a") }
            if state == .failed { try await bench.giveUp("a") }
        }
        #expect(try await bench.station("a").state.name == state)
        let gone = try await bench.recordGone("a")
        #expect(gone.state.name == (state == .uploaded || state == .registered ? state : .withdrawn))
        #expect(try await bench.knownItems() == [:])
        #expect(try await bench.recordGone("a") == gone)

        let back = try await bench.record("a", .sample())
        #expect(back.state.name == (state == .uploaded || state == .registered ? state : .accepted))
        #expect(try await bench.knownItems() == ["a": "stamp"])
    }

    @Test func `a folder that was never known vanishes without a trace`() async throws {
        let bench = try LedgerBench()
        #expect(
            try await bench.ledger.recordVanished(ItemPath(inbox: LedgerBench.inbox, path: "a"), at: bench.now) == nil
        )
        #expect(try await bench.ledger.items() == [])
    }

    @Test func `files renamed during the delivery are sent from where they are now, under the same ids`() async throws {
        let bench = try LedgerBench()
        let first = Capture.sample("one")
        try await bench.record("a", first)
        try await bench.beginUpload("a")
        var renamed = first
        renamed.faces[.top]?.fileName = "up.jpg"
        let record = try await bench.record("a", renamed, stamp: "renamed")
        #expect(record.state.name == .uploading)
        #expect(record.capture?.faces[.top]?.fileName == "up.jpg" && record.capture?.ids == first.ids)
    }

    @Test func `stations in a lost place are not due, others are`() async throws {
        let bench = try LedgerBench()
        try await bench.record("usb/a", .sample("one"))
        try await bench.record("usbx/b", .sample("two", station: "s2"))
        func due(_ lost: Set<String>) async throws -> [String] {
            try await bench.ledger.dueForUpload(at: Date(timeIntervalSince1970: 2e9), limit: 9, exceptIn: lost).map(
                \.path
            )
        }
        #expect(try await due([]) == ["usb/a", "usbx/b"])
        #expect(try await due([LedgerBench.inbox + "/usb"]) == ["usbx/b"])
        #expect(try await due([LedgerBench.inbox]) == [])
        #expect(try await bench.nextDue(at: bench.clock.date, exceptIn: [LedgerBench.inbox]) == nil)
        #expect(try await bench.nextDue(at: bench.clock.date, exceptIn: [LedgerBench.inbox + "/usb"]) != nil)
    }
}
