import Foundation
import Station
import TestSupport
import Testing

/// What was delivered by mistake is taken out of CDF again, as an operator does it.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct RetractJourneyTests {
    private static let image = "site-a/pump/20260501T100000Z"

    private func retract(_ site: Site, _ arguments: String...) async throws -> Finished {
        try await site.run(["retract"] + arguments + ["--config", site.configuration])
    }

    @Test func `a station is taken out beside the running daemon, and stays out over a restart`() async throws {
        let site = try await Site()
        var daemon = try site.startDaemon()
        try site.drop("pump", .init(seed: 1))
        try site.drop("other", .init(seed: 2))
        _ = try await site.report("pump", "UPLOADED")
        _ = try await site.report("other", "UPLOADED")

        let refused = try await retract(site, "inbox/pump")
        #expect(refused.exit == .code(64))
        #expect(refused.errors.contains("where it cannot ask, give `--yes`"))
        #expect(try await site.sandbox.contents().images == 2)

        let done = try await retract(site, "inbox/pump", "--files", "--yes")
        #expect(done.exit == .code(0), "\(done.errors)")
        #expect(done.output.contains("goes   image \(Self.image)"))
        #expect(done.output.contains("goes   station site-a/pump, unless another image in CDF points at it"))
        #expect(done.output.contains("stays  collection site-a: another image of it is in CDF or on its way"))
        #expect(done.output.contains("Image \(Self.image) is out of CDF: its files are deleted"))
        try await site.sandbox.contents().expectWhole(images: 1)
        let report = try await site.report("pump", "WITHDRAWN")
        #expect(report.contains("An operator took the image of this station out of CDF"))
        #expect(!site.folder.contains("inbox/pump.UPLOADED.txt"))

        // Neither a restart nor another touch sends it again.
        try await site.stop(daemon)
        try site.folder.write(site.folder.read("inbox/pump/pose.json"), to: "inbox/pump/pose.json")
        try await site.deliverAll()
        #expect(try await site.states()["pump"] == "withdrawn")
        try await site.sandbox.contents().expectWhole(images: 1)
        let again = try await retract(site, Self.image, "--files", "--yes")
        #expect(again.exit == .code(0))
        #expect(again.output.contains("nothing is left to do"))

        // Until an operator wants it again.
        daemon = try site.startDaemon()
        #expect(try await site.run("retry", "inbox/pump", "--config", site.configuration).exit == .code(0))
        _ = try await site.report("pump", "UPLOADED")
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 2)
        let history = try await site.explain("inbox/pump")["history"].list.compactMap { $0["event"].text }
        for event in ["retraction-requested", "retracted", "retraction-finished", "reopened"] {
            #expect(history.contains(event))
        }
    }

    @Test func `an image that a corrected folder left behind is named everywhere, and taken out by its id`()
        async throws
    {
        let site = try await Site()
        let daemon = try site.startDaemon()
        try site.drop("pump", .init(seed: 1, stationID: "pumpe"))
        _ = try await site.report("pump", "UPLOADED")
        let old = "site-a/pumpe/20260501T100000Z"
        try site.folder.write(
            StationMaker.sidecar(siteID: "site-a", stationID: "pump", time: "2026-05-01T10:00:00Z"),
            to: "inbox/pump/pose.json"
        )
        _ = try await eventually("a second image: \(daemon.errors)", every: .milliseconds(50)) {
            () async throws -> Bool? in
            try await site.sandbox.contents().images == 2 ? true : nil
        }
        _ = try await eventually("a report that says so", every: .milliseconds(50)) { () async throws -> Bool? in
            try await site.report("pump", "UPLOADED").contains("`drop360 retract \(old)`") ? true : nil
        }
        let explained = try await site.explain("inbox/pump")
        #expect(explained["summary"]["leftBehind"].list.map(\.text) == [old])
        #expect(explained["notes"].list.contains { $0["code"].text == "left-behind" })
        #expect(try await site.list()["pump"]?["leftBehind"].list.map(\.text) == [old])
        let text = try await site.run("explain", "inbox/pump", "--config", site.configuration).output
        #expect(text.contains("note: Image \(old), delivered from here before, is still in the viewer"))

        let done = try await retract(site, old, "--files", "--yes", "--json")
        #expect(done.exit == .code(0), "\(done.errors)")
        #expect(try done.facts()["state"].text == "retracted")
        #expect(try done.facts()["image"].text == old)
        try await site.sandbox.contents().expectWhole(images: 1)
        #expect(try await site.states()["pump"] == "registered")
        _ = try await eventually("a report without it", every: .milliseconds(50)) { () async throws -> Bool? in
            try await site.report("pump", "UPLOADED").contains(old) ? nil : true
        }
        try await site.stop(daemon)
    }

    /// Runs `retract` on a terminal, where something is typed.
    ///
    /// - Parameter typed: As `printf` writes it.
    private func retractOnTerminal(_ site: Site, typed: String) async throws -> (exit: ChildProcess.Exit, seen: String)
    {
        // Both tools belong to Debian's essential packages. `script` ends the input with Ctrl-D.
        let line = "printf '\(typed)' | script -qec \"$0 retract inbox/pump --config $1\" /dev/null"
        let child = try ChildProcess(
            "/bin/sh",
            ["-c", line, Drop360.path(), site.configuration],
            environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "SHELL": "/bin/sh"],
            in: site.folder.path,
            log: site.folder.path("terminal")
        )
        return (try await child.ended(within: .seconds(60)), child.output)
    }

    @Test(arguments: ["n\\n", "\\n", "yep\\n", ""])
    func `at a terminal it asks, and anything but yes changes nothing`(typed: String) async throws {
        let site = try await Site()
        try site.drop("pump", .init(seed: 1))
        try await site.deliverAll()
        let refused = try await retractOnTerminal(site, typed: typed)
        #expect(refused.exit == .code(1), "\(refused.seen)")
        #expect(refused.seen.contains("goes   image \(Self.image)"))
        #expect(refused.seen.contains("Take it out of CDF? [y/N]"))
        let last = refused.seen.split(whereSeparator: \.isNewline).last ?? ""
        #expect(last.hasSuffix("drop360: Nothing was changed."))
        // What is typed is shown when it comes, which may be before the question; the end of the input shows nothing.
        if typed.isEmpty { #expect(last == "drop360: Nothing was changed.") }
        #expect(try await site.explain("inbox/pump")["history"].list.last?["event"].text == "registered")
        let agreed = try await retractOnTerminal(site, typed: "Yes\\n")
        #expect(agreed.exit == .code(0), "\(agreed.seen)")
        try await site.deliverAll()
        #expect(try await site.states() == ["pump": "withdrawn"])
    }

    @Test func `without a daemon it is done at the next start`() async throws {
        let site = try await Site()
        try site.drop("pump", .init(seed: 1))
        try await site.deliverAll()
        let noted = try await retract(site, "inbox/pump", "--yes")
        #expect(noted.exit == .code(0))
        #expect(noted.output.contains("No daemon is running. It will be done at the next start."))
        #expect(try await site.sandbox.contents().images == 1)
        try await site.deliverAll()
        let contents = try await site.sandbox.contents()
        #expect(contents.images == 0 && contents.stations == 0 && contents.collections == 0)
        #expect(contents.files.count == 6)
        #expect(contents.flaws == [])
    }

    @Test func `killed at any request of a retraction, everything goes that was to go, and nothing else`() async throws
    {
        // 1 token, 3 questions at the start, the image, its files, and for the station: a look, a deletion; for the collection a look.
        let requests = try await requestsOfRetraction()
        try await inLanes(3, Array(1...requests)) { request in
            for hold in KillTests.Hold.allCases { try await self.survives(request, hold) }
        }
        print("JourneyTests: retractions killed at each of \(requests) requests")
    }

    private func prepared() async throws -> Site {
        let site = try await Site()
        try site.drop("pump", .init(seed: 1))
        try site.drop("other", .init(seed: 2))
        try await site.deliverAll()
        #expect(try await retract(site, "inbox/pump", "--files", "--yes").exit == .code(0))
        return site
    }

    private func requestsOfRetraction() async throws -> Int {
        let site = try await prepared()
        let before = try await site.sandbox.requests().count
        try await site.deliverAll()
        return try await site.sandbox.requests().count - before
    }

    private func survives(_ request: Int, _ hold: KillTests.Hold) async throws {
        let site = try await prepared()
        try await site.sandbox.fail(#"{"nth": [\#(request)], "then": \#(hold.rawValue)}"#)
        let daemon = try site.startDaemon("--until-idle")
        _ = try await eventually("request \(request), \(hold): \(daemon.errors)") { () async throws -> Bool? in
            try await site.sandbox.struck() == [1] ? true : nil
        }
        daemon.send(SIGKILL)
        #expect(try await daemon.ended() == .signal(SIGKILL))
        try await site.sandbox.behave()
        try await site.deliverAll("request \(request), \(hold)")
        try await site.sandbox.contents().expectWhole(images: 1, "request \(request), \(hold)")
        #expect(try await site.states() == ["pump": "withdrawn", "other": "registered"])
        let history = try await site.explain("inbox/pump")["history"].list
        #expect(history.count { $0["event"].text == "retracted" } == 1, "request \(request), \(hold)")
        #expect(history.count { $0["event"].text == "retraction-finished" } == 1)
        #expect(try await site.ledgerProblems() == [])
    }
}

/// A wrong pose is corrected as a crew and an operator would do it.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct PoseCorrectionJourneyTests {
    private static let right = Vector3(x: 4, y: 2, z: 1.7)
    private static let times = ["2026-05-01T10:00:00Z", "2026-06-01T10:00:00Z"]

    private func pose(_ site: Site, _ image: String) async throws -> Double? {
        let node = try await site.sandbox.contents().nodes.first { $0["externalId"].text == image } ?? .null
        return Self.find("translationX", in: node)
    }

    /// The value of a property, wherever the views and containers put it.
    private static func find(_ key: String, in facts: Facts) -> Double? {
        guard case .object(let members) = facts else { return nil }
        if case .number(let value)? = members[key] { return value }
        return members.values.lazy.compactMap { find(key, in: $0) }.first
    }

    @Test func `the crew corrects one visit, the operator the others, and nothing undoes it`() async throws {
        let site = try await Site()
        let daemon = try site.startDaemon()
        for (number, time) in Self.times.enumerated() {
            try site.drop("visit-\(number)", .init(seed: number, stationID: "pump", time: time))
            _ = try await site.report("visit-\(number)", "UPLOADED")
        }
        // The crew: corrects the sidecar of the second one, and reads the report.
        try site.folder.write(
            StationMaker.sidecar(siteID: "site-a", stationID: "pump", translation: Self.right, time: Self.times[1]),
            to: "inbox/visit-1/pose.json"
        )
        let report = try await eventually("a report that lists the other visit", every: .milliseconds(50)) {
            () async throws -> String? in
            let text = try await site.report("visit-1", "UPLOADED")
            return text.contains("--with-visits") ? text : nil
        }
        let first = "site-a/pump/20260501T100000Z"
        #expect(
            report.contains(
                "Other visits of this station still have the pose from before the correction: \(first) (3.0 m"
            )
        )
        #expect(report.contains("\(site.inbox)/visit-0"))
        #expect(try await pose(site, "site-a/pump/20260601T100000Z") == 4)
        #expect(try await pose(site, first) == 1)

        // The operator: gives the others the same pose.
        let last = try await site.sandbox.requests().last?.number ?? 0
        let given = try await site.run("replace", "inbox/visit-1", "--with-visits", "--config", site.configuration)
        #expect(given.exit == .code(0), "\(given.errors)")
        #expect(given.output.contains("Image \(first) (visit-0) gets the pose of station"))
        _ = try await eventually("the first visit with the right pose: \(daemon.errors)", every: .milliseconds(50)) {
            () async throws -> Bool? in
            try await pose(site, first) == 4 ? true : nil
        }
        try await site.become("registered", "visit-0")
        let sent = try await site.sandbox.requests(since: last)
        #expect(sent.filter { $0.method == "PUT" || $0.path == "/files" }.isEmpty)
        _ = try await eventually("reports that no longer ask for it", every: .milliseconds(50)) {
            () async throws -> Bool? in
            try await site.report("visit-1", "UPLOADED").contains("--with-visits") ? nil : true
        }
        _ = try await eventually("a report that says whose pose it is", every: .milliseconds(50)) {
            () async throws -> Bool? in
            try await site.report("visit-0", "UPLOADED").contains("An operator gave this visit the pose") ? true : nil
        }
        try await site.stop(daemon)

        // The first folder still says the old pose: neither a restart nor a correction of something else brings it back.
        try site.folder.write(try StationMaker().jpeg(.left, seed: 50), to: "inbox/visit-0/left.jpg")
        try await site.deliverAll()
        #expect(try await pose(site, first) == 4)
        let events = try await site.explain("inbox/visit-0")["history"].list.compactMap { $0["event"].text }
        #expect(events.contains("pose-replaced"))
        #expect(events.count { $0 == "registered" } == 3)
        try await site.sandbox.contents().expectWhole(images: 2, stations: 1)
        // A new visit is compared with the corrected pose.
        try site.drop("visit-2", .init(seed: 9, stationID: "pump", time: "2026-07-01T10:00:00Z"))
        #expect(try await site.deliver().exit == .code(1))
        #expect(try await site.explain("inbox/visit-2")["problems"].list.map { $0["code"].text } == ["pose-drift"])
    }
}
