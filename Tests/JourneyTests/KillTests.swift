import Foundation
import Glibc
import Station
import Synchronization
import TestSupport
import Testing

/// What a power cut does to processes: SIGKILL at every request of a delivery.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct KillTests {
    /// How the request at which the daemon dies is held up, so that it is really under way then.
    enum Hold: String, CaseIterable, Sendable {
        /// It was sent, and nothing was done.
        case stall = #"{"kind": "stall"}"#
        /// It was done (bytes: half done), and the answer is still on its way.
        case slow = #"{"kind": "slow", "bytesPerSecond": 1}"#
    }

    struct Point: Sendable, CustomStringConvertible {
        let model: String
        let stations: Int
        let request: Int
        let hold: Hold
        var description: String { "\(model), \(stations) stations, killed at request \(request), \(hold)" }
    }

    @Test(arguments: [("image360", 1), ("image360", 3), ("core", 1), ("core", 2)])
    func `killed at any request, each station is registered exactly once`(model: String, stations: Int) async throws {
        let whole = try await undisturbed(stations, model)
        #expect(whole >= 6 + stations * 12 + 1)
        // With several stations, every request in one of the two ways: they take turns.
        let points = (1...whole).flatMap { request in
            Hold.allCases.enumerated().filter { stations == 1 || $0.offset == request % 2 }
                .map { Point(model: model, stations: stations, request: request, hold: $0.element) }
        }
        let killed = Mutex(0)
        try await inLanes(4, points) { point in
            if try await self.survives(point) { killed.withLock { $0 += 1 } }
        }
        // Which requests there are at the very end depends on what is registered together.
        #expect(killed.withLock { $0 } >= (6 + stations * 12) * (stations == 1 ? 2 : 1))
        print(
            "JourneyTests: \(killed.withLock { $0 }) of \(points.count) kill points struck, \(stations) stations, \(model)"
        )
    }

    /// The number of requests of a delivery that nothing disturbs.
    private func undisturbed(_ stations: Int, _ model: String) async throws -> Int {
        let site = try await Site(model: model)
        try drop(stations, in: site)
        try await site.deliverAll()
        return try await site.sandbox.requests().count
    }

    private func drop(_ stations: Int, in site: Site) throws {
        for number in 1...stations { try site.drop("station-\(number)", .init(seed: number)) }
    }

    /// Kills, starts again, and holds the outcome against the promises; returns whether the request ever came.
    private func survives(_ point: Point) async throws -> Bool {
        let site = try await Site(model: point.model)
        try drop(point.stations, in: site)
        try await site.sandbox.fail(#"{"nth": [\#(point.request)], "then": \#(point.hold.rawValue)}"#)
        let daemon = try site.startDaemon("--until-idle")
        let reached = try await eventually("\(point): \(daemon.errors)") { () async throws -> Bool? in
            let over = daemon.exit != nil
            if try await site.sandbox.struck() == [1] { return true }
            return over ? false : nil
        }
        daemon.send(SIGKILL)
        let exit = try await daemon.ended()
        #expect(exit == (reached ? .signal(SIGKILL) : .code(0)), "\(point): \(daemon.errors)")
        try await site.sandbox.behave()

        let sent = try await filesSent(site)
        let last = try await site.sandbox.requests().last?.number ?? 0
        try await site.deliverAll("\(point)")
        let repeated = try await site.sandbox.requests(since: last).compactMap(\.begunFile)
        #expect(sent.isDisjoint(with: repeated), "\(point): sent before the kill, and again after it")
        let puts = try await site.sandbox.requests(since: last).count { $0.method == "PUT" }
        #expect(puts == repeated.count, "\(point)")
        #expect(puts <= point.stations * 6 - sent.count, "\(point)")
        let contents = try await site.sandbox.contents()
        contents.expectWhole(images: point.stations, "\(point)")
        #expect(contents.models == (point.model == "core" ? 1 : 0), "\(point)")
        #expect(try await site.ledgerProblems() == [], "\(point)")
        for number in 1...point.stations {
            let station = try await site.explain("\(site.inbox)/station-\(number)")
            #expect(station["summary"]["state"] == .text("registered"), "\(point)")
            let registrations = station["history"].list.filter { $0["event"] == .text("registered") }
            #expect(registrations.count == 1, "\(point): \(station["history"])")
        }
        return reached
    }

    /// The ids of the files that the ledger says CDF has taken.
    private func filesSent(_ site: Site) async throws -> Set<String> {
        var sent: Set<String> = []
        for (path, _) in try await site.list() {
            let faces = try await site.explain("\(site.inbox)/\(path)")["faces"].list
            sent.formUnion(faces.filter { $0["state"] != .text("pending") }.compactMap { $0["fileID"].text })
        }
        return sent
    }

    @Test func `a correction that is killed at any request ends as the complete new content`() async throws {
        // As when nothing disturbs: 1 token, 3 questions at the start, 6 files begun, 6 sent, 1 confirmation, 2 writes, each of them refused
        // before because the nodes exist, and with a look at whose they are.
        try await inLanes(4, Array(1...23)) { request in
            let site = try await Site()
            try site.drop("station", .init(seed: 1))
            try await site.deliverAll()
            for face in Face.allCases {
                try site.folder.write(try StationMaker().jpeg(face, seed: 2), to: "inbox/station/\(face.rawValue).jpg")
            }
            let hold = request % 2 == 0 ? Hold.stall : .slow
            try await site.sandbox.fail(#"{"nth": [\#(request)], "then": \#(hold.rawValue)}"#)
            let daemon = try site.startDaemon("--until-idle")
            _ = try await eventually("request \(request): \(daemon.errors)") { () async throws -> Bool? in
                try await site.sandbox.struck() == [1] ? true : nil
            }
            daemon.send(SIGKILL)
            #expect(try await daemon.ended() == .signal(SIGKILL))
            try await site.sandbox.behave()
            try await site.deliverAll("request \(request), \(hold)")
            let contents = try await site.sandbox.contents()
            contents.expectWhole(images: 1, "request \(request), \(hold)")
            let station = try await site.explain("\(site.inbox)/station")
            for face in station["faces"].list {
                let file = contents.files.first { $0["externalId"] == face["fileID"] } ?? .null
                #expect(file["sha256"] == face["sha256"], "request \(request), \(hold)")
                #expect(file["id"] == face["receipt"], "request \(request), \(hold)")
            }
            #expect(station["history"].list.count { $0["event"] == .text("registered") } == 2)
            #expect(try await site.ledgerProblems() == [])
        }
    }

    @Test func `run --sandbox, killed with its sandbox, continues from there`() async throws {
        // 6 files begun, 6 sent, 1 confirmation, 2 writes of nodes; counted from when CDF was found ready.
        try await inLanes(5, [2, 7, 11, 13, 14, 15]) { request in
            for hold in Hold.allCases { try await self.survivesTogether(request, hold) }
        }
    }

    private func survivesTogether(_ request: Int, _ hold: Hold) async throws {
        let folder = try TemporaryFolder()
        let arguments = ["run", "--sandbox", "--inbox", "inbox", "--state", "state"]
        let daemon = try Drop360.start(arguments, in: folder.path, log: folder.path("first"))
        try await daemon.waitForLog("CDF is ready")
        let mark = "url="
        let line = try #require(daemon.errors.split(separator: "\n").first { $0.contains("sandbox stands in") })
        let url = try #require(
            line.split(separator: " ").first { $0.hasPrefix(mark) }?.dropFirst(mark.count).dropLast()
        )
        try await SandboxProcess.fail([#"{"nth": [\#(request)], "then": \#(hold.rawValue)}"#], at: String(url))
        try StationMaker().write(to: folder.path, named: "station", .init(seed: request))
        try folder.move("station", to: "inbox/station")
        _ = try await eventually("request \(request): \(daemon.errors)") { () async throws -> Bool? in
            let rules = try await SandboxProcess.ask("\(url)/sandbox/faults")["rules"].list
            return rules.first?["struck"].int == 1 ? true : nil
        }
        daemon.send(SIGKILL)
        #expect(try await daemon.ended() == .signal(SIGKILL))
        let again = try Drop360.start(arguments + ["--until-idle"], in: folder.path, log: folder.path("second"))
        #expect(try await again.ended() == .code(0), "request \(request), \(hold): \(again.errors)")
        let sandbox = try await SandboxProcess.start(in: folder, data: folder.path("state/sandbox"))
        try await sandbox.contents().expectWhole(images: 1, "request \(request), \(hold)")
        #expect(folder.contains("inbox/station.UPLOADED.txt"))
    }
}
