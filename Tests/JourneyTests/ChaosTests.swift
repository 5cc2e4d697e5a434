import Foundation
import TestSupport
import Testing

/// The real daemon against a CDF of which nearly every third answer is a failure, of every kind that the sandbox knows.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct ChaosTests {
    /// `DROP360_STATIONS=300` for the full run; 24 take a minute.
    private static let stations = ProcessInfo.processInfo.environment["DROP360_STATIONS"].flatMap(Int.init) ?? 24

    /// Each strikes so many of a thousand requests: 300 together.
    private static let faults: [(permille: Int, match: String, then: String)] = [
        (45, "", #"{"kind": "status", "status": 503}"#),
        (25, "", #"{"kind": "status", "status": 500, "body": "oops"}"#),
        (20, "", #"{"kind": "status", "status": 429, "retryAfter": 1}"#),
        (20, "", #"{"kind": "status", "status": 502}"#),
        (10, "", #"{"kind": "status", "status": 408}"#), (10, "", #"{"kind": "status", "status": 409}"#),
        (40, "", #"{"kind": "reset"}"#), (20, #""method": "PUT", "#, #"{"kind": "reset", "afterBytes": 3000}"#),
        (40, "", #"{"kind": "resetAfterBody"}"#), (35, "", #"{"kind": "lostAnswer"}"#),
        (20, "", #"{"kind": "garbage"}"#),
        (10, #""method": "PUT", "#, #"{"kind": "expiredURL"}"#), (5, "", #"{"kind": "expireTokens"}"#),
        (2, "", #"{"kind": "stall"}"#),
    ]

    private var rules: [String] {
        // What is drawn by a later rule is drawn from what the earlier ones left over.
        var left = 1.0
        let drawn = Self.faults.map { fault in
            let share = Double(fault.permille) / 1000
            defer { left -= share }
            return #"{"match": {\#(fault.match)"path": "/*"}, "probability": \#(share / left), "then": \#(fault.then)}"#
        }
        return [#"{"match": {"path": "/upload/*"}, "every": 7, "then": {"kind": "lateUploaded", "polls": 2}}"#] + drawn
    }

    @Test(arguments: [("image360", 14), ("core", 15)])
    func `with three of ten requests failing, each station is registered once, and few requests are sent twice`(
        model: String,
        requestsOfOne: Int
    ) async throws {
        let site = try await Site(model: model)
        let yaml = String(decoding: try site.folder.read("config.yaml"), as: UTF8.self)
        try site.folder.write(
            yaml.replacing("project: sandbox\n", with: "project: sandbox\n  timeout: 5s\n")
                + "upload: {concurrency: 6}\n",
            to: "config.yaml"
        )
        for number in 1...Self.stations { try site.drop("s\(number % 4)/station-\(number)", .init(seed: number)) }
        try await site.sandbox.fail(rules.joined(separator: ", "))
        let began = Date()
        let daemon = try site.startDaemon()
        _ = try await eventually("a ledger: \(daemon.errors)") { daemon.errors.contains("is running") ? true : nil }
        _ = try await eventually(
            "all registered: \(daemon.errors.suffix(3000))",
            within: .seconds(1700),
            every: .milliseconds(500)
        ) { () async throws -> Bool? in
            if let exit = daemon.exit { throw NeverCame("the daemon ended: \(exit) \(daemon.errors.suffix(3000))") }
            return try await site.status()["counts"]["registered"].int == Self.stations ? true : nil
        }
        let took = Date().timeIntervalSince(began)
        try await site.sandbox.behave()
        try await site.stop(daemon)

        let requests = try await site.sandbox.requests()
        let struck = requests.count { $0.fault != nil && $0.fault != "lateUploaded" }
        let needed = requestsOfOne * Self.stations
        let ratio = Double(requests.count - struck) / Double(needed)
        print(
            "JourneyTests: chaos, \(model), \(Self.stations) stations in \(Int(took)) s: \(requests.count) requests, \(struck) struck (\(struck * 100 / requests.count) %), "
                + "\(String(format: "%.2f", ratio)) unstruck per needed one"
        )
        #expect(Double(struck) > 0.2 * Double(requests.count), "there was chaos")
        #expect(ratio <= 1.5)
        try await site.sandbox.contents().expectWhole(images: Self.stations)
        #expect(try await site.ledgerProblems() == [])
        #expect(Self.mostAtOnce(requests.filter { $0.method == "PUT" || $0.begunFile != nil }) <= 6)
        #expect(Self.mostAtOnce(requests.filter { $0.path == "/models/instances" }) <= 1)
        Self.expectPatience(requests)
    }

    /// How many requests overlapped at most, by the sandbox's own clock.
    private static func mostAtOnce(_ requests: [SandboxProcess.Request]) -> Int {
        // Of one millisecond, ends count before beginnings.
        let events = requests.flatMap { [($0.began, 1), ($0.ended ?? $0.began, -1)] }.sorted {
            ($0.0, $0.1) < ($1.0, $1.1)
        }
        var (now, most) = (0, 0)
        for (_, change) in events {
            now += change
            most = max(most, now)
        }
        return most
    }

    /// After a 429 with `Retry-After: 1` nothing of the same kind began before the second was over, but for what had been let through when the
    /// word came: one for each of the other slots at most, however busy the machine. (Without the hold it would be dozens.)
    private static func expectPatience(_ requests: [SandboxProcess.Request]) {
        func family(_ request: SandboxProcess.Request) -> String {
            request.method == "PUT" ? "store" : request.path.hasPrefix("/files") ? "files" : request.path
        }
        for told in requests where told.status.int == 429 {
            guard let at = told.ended else { continue }
            let early = requests.filter { family($0) == family(told) && $0.began > at && $0.began < at + 980 }
            #expect(early.count < 6, "\(told.number) \(family(told)): \(early.map(\.number))")
        }
    }
}
