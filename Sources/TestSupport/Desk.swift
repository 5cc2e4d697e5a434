package import DropFolder
import Foundation
import Inspection
package import Ledger
package import Logging
package import ServiceLifecycle
package import Station
package import Timing

/// An inbox, a state directory with a ledger, and a clock that the services under test sleep on.
package final class Desk: Sendable {
    package let inbox: TemporaryFolder
    package let state: TemporaryFolder
    package let ledger: ItemLedger
    package let clock = ManualClock()
    private let naps: AsyncStream<Void>
    private let nap: AsyncStream<Void>.Continuation

    package init() throws {
        inbox = try TemporaryFolder()
        state = try TemporaryFolder()
        ledger = try ItemLedger(directory: state.path, exclusively: true)
        (naps, nap) = AsyncStream.makeStream()
    }

    package var timeSource: TimeSource {
        TimeSource(
            sleep: { [clock, nap] in
                nap.yield()
                try await clock.sleep(for: $0)
            },
            now: { [clock] in clock.date }
        )
    }

    package static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a service whose loop sleeps once per iteration, and shuts it down gracefully after `body`.
    package func run(_ service: some Service, _ body: (Turns) async throws -> Void) async throws {
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: service)], gracefulShutdownSignals: [], logger: Self.silent)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let turns = Turns(naps: naps.makeAsyncIterator(), clock: clock)
            await turns.first()
            do {
                try await body(turns)
            } catch {
                tasks.cancelAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Lets a service run one iteration after another.
    package final class Turns {
        private var naps: AsyncStream<Void>.AsyncIterator
        private let clock: ManualClock

        fileprivate init(naps: AsyncStream<Void>.AsyncIterator, clock: ManualClock) {
            self.naps = naps
            self.clock = clock
        }

        package func first() async { _ = await naps.next() }

        /// Advances the clock until the service wakes, and waits until it sleeps again.
        package func next(after duration: Duration = .seconds(30)) async {
            await clock.untilAsleep()
            clock.advance(by: duration)
            _ = await naps.next()
        }
    }

    // MARK: Stations

    @discardableResult
    package func sees(_ path: String, _ outcome: Sighting.Outcome, notes: [Problem] = []) async throws -> ItemRecord {
        let sighting = Sighting(
            at: ItemPath(inbox: inbox.path, path: path),
            stamp: Stamp(rawValue: "s"),
            outcome: outcome,
            notes: notes
        )
        return try await ledger.record(sighting, at: clock.date)
    }

    @discardableResult
    package func sees(_ path: String, rejected message: String) async throws -> ItemRecord {
        try await sees(path, .rejected([Problem("bad", message)]))
    }

    @discardableResult
    package func sees(_ path: String, incomplete message: String) async throws -> ItemRecord {
        try await sees(path, .incomplete([Problem("part", message)]))
    }

    @discardableResult
    package func hinders(_ hindrance: Hindrance) async throws -> ItemRecord {
        try await ledger.recordHindrance(
            at: hindrance.item,
            stamp: hindrance.stamp,
            problem: hindrance.problem,
            at: clock.date
        )
    }

    /// A test tried to deliver a station that cannot be delivered.
    private struct NothingToDeliver: Error {
        var record: ItemRecord
    }

    private func digest(of record: ItemRecord) throws -> ContentDigest {
        guard let digest = record.state.digest else { throw NothingToDeliver(record: record) }
        return digest
    }

    @discardableResult
    package func begins(_ record: ItemRecord) async throws -> ItemRecord {
        let digest = try digest(of: record)
        return try await ledger.record(.uploadStarted(digest), for: record.id, at: clock.date)
    }

    @discardableResult
    package func uploads(_ record: ItemRecord) async throws -> ItemRecord {
        let digest = try digest(of: record)
        var last = try await begins(record)
        for (index, face) in Face.allCases.enumerated() {
            let receipt = FileReceipt(rawValue: Int64(index + 1))
            last = try await ledger.recordSent(
                .face(face),
                of: record.id,
                digest: digest,
                receipt: receipt,
                at: clock.date
            )
        }
        return last
    }

    @discardableResult
    package func delivers(_ record: ItemRecord) async throws -> ItemRecord {
        let digest = try digest(of: try await uploads(record))
        return try await ledger.record(.registered(digest), for: record.id, at: clock.date)
    }

    @discardableResult
    package func fails(_ record: ItemRecord, _ failure: ItemState.Failure) async throws -> ItemRecord {
        let digest = try digest(of: record)
        return try await ledger.record(.gaveUp(digest, failure), for: record.id, at: clock.date)
    }
}

extension Desk {
    /// ``capture(_:station:)`` as an item's content.
    package static func content(_ content: String = "one", station: String = "s1") -> ItemContent {
        .station(capture(content, station: station))
    }

    /// A capture with the content `content`, of a station named after its folder.
    package static func capture(_ content: String = "one", station: String = "s1") -> Capture {
        let time = CaptureTime(milliseconds: 1_777_629_600_000)
        var faces: [Face: FaceImage] = [:]
        for face in Face.allCases {
            let sha = FileDigest(rawValue: ContentDigest(over: [content, face.rawValue]).rawValue)
            faces[face] = FaceImage(fileName: "\(face.rawValue).jpg", size: 1000, digest: sha, format: .jpeg, edge: 512)
        }
        let digest = ContentDigest(over: [content])
        return Capture(
            siteID: "site",
            siteName: "site",
            stationID: station,
            stationName: station,
            label: station,
            collectionLabel: "site",
            pose: Pose(translation: Vector3(x: 1, y: 2, z: 3), eulerRotation: EulerAngles(x: 0, y: 0, z: 0)),
            scale: Vector3(x: 1, y: 1, z: 1),
            time: time,
            faces: faces,
            metadata: [:],
            digest: digest,
            ids: ExternalIDs(prefix: "", siteID: "site", stationID: station, time: time, digest: digest)
        )
    }
}
