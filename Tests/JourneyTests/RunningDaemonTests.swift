import Foundation
import TestSupport
import Testing

/// A daemon that runs on, while things come and go.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct RunningDaemonTests {
    @Test func `stations are registered and reported as they arrive, however they arrive`() async throws {
        let site = try await Site()
        let daemon = try site.startDaemon()
        try await daemon.waitForLog("CDF is ready")
        try site.drop("moved", .init(seed: 1))
        _ = try await site.report("moved", "UPLOADED")
        // Written in place, face by face, the sidecar last.
        try StationMaker().write(to: site.inbox, named: "deep/er/copied", .init(seed: 2))
        _ = try await site.report("deep/er/copied", "UPLOADED")
        #expect(try await site.states() == ["moved": "registered", "deep/er/copied": "registered"])
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 2)
    }

    @Test func `a station removed before it was complete is withdrawn, and its report is removed`() async throws {
        let site = try await Site(inbox: "report-after: 1s")
        let daemon = try site.startDaemon()
        try site.drop("half", .init(sidecar: .none))
        _ = try await site.report("half", "WAITING")
        try site.folder.remove("inbox/half")
        try await site.become("withdrawn", "half")
        _ = try await eventually("the report's end") { site.folder.contains("inbox/half.WAITING.txt") ? nil : true }
        try await site.stop(daemon)
        #expect(try await site.sandbox.requests().filter(\.writes).isEmpty)
    }

    @Test func `a refused station that is repaired is delivered automatically`() async throws {
        let site = try await Site()
        let daemon = try site.startDaemon()
        try site.drop("station", .init(sidecar: .text("{}")))
        let report = try await site.report("station", "REJECTED")
        #expect(report.contains("translation") && report.contains("rotation"))
        try site.folder.write(StationMaker.sidecar(), to: "inbox/station/pose.json")
        _ = try await site.report("station", "UPLOADED")
        _ = try await eventually("one report only") {
            try site.folder.names(in: "inbox") == ["station", "station.UPLOADED.txt"] ? true : nil
        }
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    @Test func `the running daemon carries out an operator's retry`() async throws {
        let site = try await Site()
        try await site.sandbox.fail(
            #"{"match": {"method": "POST", "path": "/files"}, "then": {"kind": "status", "status": 400, "body": "{\"error\":{\"code\":400,\"message\":\"no\"}}"}}"#
        )
        let daemon = try site.startDaemon()
        try site.drop("station")
        try await site.become("failed", "station")
        let failed = try await site.explain("1")
        #expect(failed["summary"]["words"].text?.contains("CDF refused") ?? false)
        _ = try await site.report("station", "WAITING")
        try await site.sandbox.behave()
        let retried = try await site.run("retry", "--failed", "--json", "--config", site.configuration)
        #expect(retried.exit == .code(0))
        #expect(try retried.facts()["stations"].list.map { $0["state"].text } == ["accepted"])
        _ = try await site.report("station", "UPLOADED")
        try await site.stop(daemon)
        try await site.sandbox.contents().expectWhole(images: 1)
    }

    struct Trouble: Sendable, CustomStringConvertible {
        let rules: [String]
        var description: String { rules.joined(separator: ", ") }

        static let posts = [
            "/oauth2/token", "/models/views/byids", "/models/spaces/byids", "/datasets/byids", "/files", "/files/byids",
            "/models/instances",
        ]

        static func once(_ method: String, _ path: String, nth: Int = 1, _ fault: String) -> String {
            #"{"match": {"method": "\#(method)", "path": "\#(path)"}, "nth": [\#(nth)], "then": \#(fault)}"#
        }

        static var all: [Trouble] {
            var all: [Trouble] = []
            for path in posts {
                all.append(.init(rules: [once("POST", path, #"{"kind": "status", "status": 503, "retryAfter": 1}"#)]))
                all.append(.init(rules: [once("POST", path, #"{"kind": "lostAnswer"}"#)]))
            }
            // The images follow the collection and the station.
            all.append(.init(rules: [once("POST", "/models/instances", nth: 2, #"{"kind": "lostAnswer"}"#)]))
            for fault in [
                #"{"kind": "reset", "afterBytes": 1000}"#, #"{"kind": "resetAfterBody"}"#, #"{"kind": "lostAnswer"}"#,
                #"{"kind": "expiredURL"}"#, #"{"kind": "status", "status": 429, "retryAfter": 1}"#,
                #"{"kind": "lateUploaded", "polls": 2}"#, #"{"kind": "lateUploaded", "seconds": 1.5}"#,
            ] {
                all.append(.init(rules: [once("PUT", "/upload/*", nth: 2, fault)]))
            }
            all.append(.init(rules: [once("POST", "/files", nth: 3, #"{"kind": "expiredURL"}"#)]))
            all.append(.init(rules: [once("POST", "/files", nth: 4, #"{"kind": "expireTokens"}"#)]))
            all.append(.init(rules: [once("POST", "/files/byids", #"{"kind": "garbage"}"#)]))
            return all
        }
    }

    @Test func `each trouble of the line ends with every station registered once`() async throws {
        try await inLanes(4, Trouble.all) { trouble in
            let site = try await Site()
            try await site.sandbox.fail(trouble.rules.joined(separator: ", "))
            for number in 1...2 { try site.drop("station-\(number)", .init(seed: number)) }
            try await site.deliverAll("\(trouble)")
            #expect(try await site.sandbox.struck().allSatisfy { $0 > 0 }, "\(trouble) never came")
            try await site.sandbox.contents().expectWhole(images: 2, "\(trouble)")
            for number in 1...2 {
                let history = try await site.explain("\(number)")["history"].list
                #expect(history.count { $0["event"].text == "registered" } == 1, "\(trouble): \(history)")
            }
        }
    }

    @Test func `a line that breaks a third of all requests delays deliveries, and does no harm`() async throws {
        let site = try await Site()
        try await site.sandbox.fail(
            #"{"probability": 0.12, "then": {"kind": "lostAnswer"}}"#,
            #"{"probability": 0.12, "then": {"kind": "status", "status": 503}}"#,
            #"{"match": {"method": "PUT"}, "probability": 0.12, "then": {"kind": "reset", "afterBytes": 2000}}"#
        )
        for number in 1...4 { try site.drop("station-\(number)", .init(seed: number)) }
        try await site.deliverAll()
        #expect(try await site.sandbox.struck().reduce(0, +) > 3)
        try await site.sandbox.contents().expectWhole(images: 4)
    }
}
