import DropFolder
import Foundation
import Inbox
import Inspection
import Station
import TestSupport
import Testing

/// What became of the stations that came in one way.
struct ArrivalTally: Sendable {
    var stations = 0
    /// Taken with the bytes that were meant, by path.
    var delivered: [String: Int] = [:]
    /// Taken with other bytes: half-written.
    var premature: [String] = []
    /// Refused though nothing is wrong with them.
    var refused: [String] = []
    /// Seemed cut short at first: looked at a second time.
    var doubted = 0
    var foundByRescan: UInt64 = 0
}

/// Brings stations into a watched inbox in one way, and inspects whatever the watcher says, as the daemon does.
struct ArrivalBench {
    let arrival: Arrival
    let inbox: TemporaryFolder
    let workshop: TemporaryFolder
    private let inspector = Inspector(threads: 2)
    private var rules = InspectionRules()
    private static let maker = StationMaker(edge: 64)

    init(_ arrival: Arrival) throws {
        self.arrival = arrival
        inbox = try TemporaryFolder()
        workshop = try TemporaryFolder()
        rules.minFace = 16
        // Arrivals are about bytes.
        rules.seams = .off
    }

    /// How often each way is tried; more by the environment, for the figures.
    static var repeats: Int { ProcessInfo.processInfo.environment["DROP360_REPEATS"].flatMap(Int.init) ?? 8 }

    func run(stations: Int, detection: Detection = .inotify) async throws -> ArrivalTally {
        var tally = ArrivalTally(stations: stations)
        var wanted: [String: Capture] = [:]
        for number in 0..<stations {
            let name = "s\(number)"
            try Self.maker.write(to: workshop.path, named: name, .init(seed: number, stationID: name))
            let inspected = try await inspected(workshop.path, name)
            let meant: Capture = try #require(inspected)
            wanted["site-\(number % 3)/\(name)"] = meant
        }
        let settings = InboxSettings(root: inbox.path, settle: .milliseconds(150), detection: detection)
        try await RunningInbox.run([settings]) { session in
            await session.until { $0.firstScanDone }
            async let bringing: Void = bringAll(stations)
            while tally.delivered.count < stations {
                guard let event = await session.next() else { break }
                try await take(event, wanted, session, &tally)
            }
            try await bringing
            // Whatever is said besides is inspected, too.
            await session.untilIdle()
            tally.foundByRescan = session.watcher.status.foundByRescan
        }
        await inspector.shutdown()
        return tally
    }

    private func take(
        _ event: InboxEvent,
        _ wanted: [String: Capture],
        _ session: RunningInbox,
        _ tally: inout ArrivalTally
    ) async throws {
        guard case .quiet(.folder(let snapshot)) = event else { return }
        let report = await inspector.inspect(snapshot, rules: rules)
        switch report.verdict {
        case .accepted(let capture):
            // A station that is being renamed or nested is known by its own id.
            guard let meant = wanted.first(where: { $0.value.stationID == capture.stationID }) else {
                return tally.premature.append(snapshot.path)
            }
            if capture.digest == meant.value.digest {
                tally.delivered[meant.key, default: 0] += 1
            } else {
                tally.premature.append(snapshot.path)
            }
        case .rejected(let problems):
            if report.mayBeUnfinished {
                tally.doubted += 1
                session.watcher.recheck(snapshot.item, after: .seconds(1), isAwaited: true)
            } else {
                tally.refused.append("\(snapshot.path): \(problems.map(\.message))")
            }
        case .changed: session.watcher.recheck(snapshot.item)
        case .partOf(let above): tally.refused.append("\(snapshot.path): part of \(above)")
        case .unavailable(let error): throw error
        case .incomplete: break
        }
    }

    private func inspected(_ inbox: String, _ path: String) async throws -> Capture? {
        let snapshot = try FolderSnapshot.take(inbox: inbox, path: path, ignoring: IgnoreRules())
        guard case .accepted(let capture) = await inspector.inspect(snapshot, rules: rules).verdict else { return nil }
        return capture
    }

    /// On threads of their own: tools and slow writers block.
    private func bringAll(_ stations: Int) async throws {
        let lanes = arrival.isSlow ? stations : 1
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    try await Self.onThread {
                        for number in stride(from: lane, to: stations, by: lanes) {
                            try arrival.bring(workshop.path("s\(number)"), inbox.path, "site-\(number % 3)/s\(number)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    static func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
    }
}
