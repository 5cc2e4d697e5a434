import CDF
import Crypto
import Foundation
import InMemoryLogging
import Ledger
import Logging
import Sandbox
import Station
import Synchronization
import TestSupport
import Timing

@testable import Delivery

/// A ledger, an inbox and all stages, pointed at a sandbox of their own.
final class Depot: Sendable {
    let inbox: TemporaryFolder
    let state: TemporaryFolder
    let ledger: ItemLedger
    let clock = PauseRecorder()
    /// With every detail: what is only put together for a debug line has to hold as well.
    let log: InMemoryLogHandler = {
        var handler = InMemoryLogHandler()
        handler.logLevel = .trace
        return handler
    }()
    let server: SandboxServer
    let control: SandboxControl
    /// Folders that the stages sent back to the inbox.
    let looks = Mutex<[String]>([])

    private init(_ sandbox: RunningSandbox) throws {
        inbox = try TemporaryFolder()
        state = try TemporaryFolder()
        ledger = try ItemLedger(directory: state.path, exclusively: true)
        server = sandbox.server
        control = sandbox.control
    }

    /// Another ledger and inbox at the same sandbox.
    init(beside other: Depot) throws {
        inbox = try TemporaryFolder()
        state = try TemporaryFolder()
        ledger = try ItemLedger(directory: state.path, exclusively: true)
        server = other.server
        control = other.control
    }

    /// Runs a sandbox for as long as `body` takes.
    static func run(
        minimumPartSize: Int64 = 5 << 20,
        _ body: @Sendable (Depot) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration()
        configuration.minimumPartSize = minimumPartSize
        try await RunningSandbox.run(configuration) { sandbox in
            let depot = try Depot(sandbox)
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(depot)) } catch { outcome = .failure(error) }
            try depot.ledger.close()
            try outcome.get()
        }
    }

    /// One turn of the daemon's delivery side, from start to end.
    func session<Value>(
        secret: String = "sandbox",
        model: ModelChoice = .image360(space: "sandbox"),
        delivered: String? = nil,
        dataSet: DataSet? = nil,
        files: FileSettings = .init(),
        concurrency: Int = 6,
        tries: Int = 4,
        stallTimeout: Duration = .seconds(60),
        schedule: RetrySchedule = .standard,
        parts: PartRules = PartRules(),
        host: String? = nil,
        target: @escaping @Sendable (ItemRecord) -> ModelTarget? = { _ in nil },
        changed: @escaping @Sendable (ItemRecord) -> Void = { _ in },
        lostPlaces: @escaping @Sendable () -> Set<String> = { [] },
        sleep: (@Sendable (Duration) async throws -> Void)? = nil,
        _ body: (Turn) async throws -> Value
    ) async throws -> Value {
        let (clock, log) = (clock, log)
        let timeSource = TimeSource(
            sleep: sleep ?? { try await clock.sleep($0) },
            now: { clock.date },
            random: { 0.5 }
        )
        let logger = Logger(label: "test") { _ in log }
        let client = CDFClient(
            settings: CDFSettings(
                host: host ?? control.base,
                project: "sandbox",
                credentials: .init(
                    tokenURL: control.base + "/oauth2/token",
                    clientID: "sandbox",
                    secret: { secret },
                    scopes: []
                ),
                stallTimeout: stallTimeout,
                tries: tries
            ),
            timeSource: timeSource,
            logger: logger
        )
        let bells = (upload: Doorbell(), register: Doorbell(), pointCloud: Doorbell())
        let link = Link(
            client: client,
            model: model,
            delivered: delivered,
            dataSet: dataSet,
            files: files,
            timeSource: timeSource,
            listeners: [bells.upload, bells.register, bells.pointCloud],
            logger: logger
        )
        let context = DeliveryContext(
            ledger: ledger,
            client: client,
            link: link,
            board: TransferBoard(),
            schedule: schedule,
            timeSource: timeSource,
            logger: logger,
            changed: {
                changed($0)
                bells.upload.ring()
                bells.register.ring()
                bells.pointCloud.ring()
            },
            lookAgain: { [self] station in looks.withLock { $0.append(station.path) } },
            lostPlaces: lostPlaces,
            parts: parts
        )
        let upload = UploadStage(context: context, concurrency: concurrency)
        let session = Turn(
            depot: self,
            context: context,
            uploadBell: bells.upload,
            uploads: StageRunner(upload, context: context, bell: bells.upload),
            pointClouds: StageRunner(upload.ofPointClouds, context: context, bell: bells.pointCloud),
            handOvers: StageRunner(
                HandOverStage(context: context, target: target),
                context: context,
                bell: bells.pointCloud
            ),
            following: StageRunner(FollowStage(context: context), context: context, bell: bells.pointCloud),
            registrations: StageRunner(
                RegisterStage(context: context),
                context: context,
                bell: bells.register
            ),
            retractions: StageRunner(RetractStage(context: context), context: context, bell: bells.register)
        )
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(session)) } catch { outcome = .failure(error) }
        try await client.shutdown()
        return try outcome.get()
    }

    /// Drops, inspects and records a station; `change` makes of it what inspection would not let through.
    @discardableResult
    func accept(
        _ path: String,
        _ options: StationMaker.Options = .init(),
        change: (inout Capture) -> Void = { _ in }
    ) async throws -> ItemNumber {
        let station = try await InspectedStation.write(to: inbox, named: path, options)
        var capture = station.capture
        change(&capture)
        let sighting = Sighting(
            at: ItemPath(inbox: inbox.path, path: path),
            stamp: station.stamp,
            outcome: .accepted(.station(capture))
        )
        return try await ledger.record(sighting, at: clock.date).id
    }

    /// Drops and records a point cloud; only the start of the file is like one.
    @discardableResult
    func accept(
        pointCloud path: String,
        _ content: String = "points",
        size: Int = 50_000,
        model: ModelTarget = .name("Hall")
    ) async throws -> ItemNumber {
        // The sandbox looks at the signature.
        let text = "ASTM-E57" + String(repeating: content + " ", count: size / (content.utf8.count + 1) + 1)
        let bytes = Array(text.utf8.prefix(size))
        try inbox.write(bytes, to: path)
        let digest = FileDigest(SHA256.hash(data: bytes))
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let cloud = PointCloud(
            name: name,
            size: Int64(size),
            fileDigest: digest,
            digest: ContentDigest(over: ["point cloud", digest.rawValue]),
            externalID: "site/\(name)",
            siteID: "site",
            model: model
        )
        let sighting = Sighting(
            .pointCloud,
            at: ItemPath(inbox: inbox.path, path: path),
            stamp: Stamp(rawValue: digest.rawValue),
            outcome: .accepted(.pointCloud(cloud))
        )
        return try await ledger.record(sighting, at: clock.date).id
    }

    /// Stations `site/s0` …, all of one site unless told otherwise.
    func accept(_ count: Int, site: (Int) -> String = { _ in "site" }) async throws -> [ItemNumber] {
        var ids: [ItemNumber] = []
        for index in 0..<count {
            let translation = Vector3(x: Double(index), y: 0, z: 1.7)
            ids.append(
                try await accept(
                    "\(site(index))/s\(index)",
                    .init(seed: index, siteID: site(index), translation: translation)
                )
            )
        }
        return ids
    }

    func states() async throws -> [ItemState.Name] {
        try await ledger.items().sorted { $0.id < $1.id }.map(\.state.name)
    }

    func lines(since number: Int = 0) async throws -> [String] { try await control.requests(since: number).map(\.line) }

    func lastRequest() async throws -> Int { try await control.requests().last?.n ?? 0 }

    /// What was logged as an error, with its metadata.
    var errors: [String] { log.entries.filter { $0.level == .error }.map { "\($0.message) \($0.metadata)" } }

    /// The same for warnings.
    var warnings: [String] { log.entries.filter { $0.level == .warning }.map { "\($0.message) \($0.metadata)" } }

    var everythingLogged: String { log.entries.map { "\($0.message) \($0.metadata)" }.joined(separator: "\n") }
}

/// What one turn of the delivery side works with.
struct Turn: Sendable {
    let depot: Depot
    let context: DeliveryContext
    let uploadBell: Doorbell
    let uploads: StageRunner<UploadStage>
    let pointClouds: StageRunner<UploadStage>
    let handOvers: StageRunner<HandOverStage>
    let following: StageRunner<FollowStage>
    let registrations: StageRunner<RegisterStage>
    let retractions: StageRunner<RetractStage>

    /// Works until nothing is left to deliver, the clock jumping to whatever is due next.
    ///
    /// - Throws: ``Endless`` where that does not come about.
    func deliver(rounds: Int = 60) async throws {
        for _ in 0..<rounds {
            switch context.link.state {
            case .unknown: await context.link.probe()
            case .down(let outage):
                advance(to: outage.nextProbe)
                await context.link.probe()
            case .ready: break
            }
            try await drain()
            let now = context.timeSource.now()
            let waits = [
                try await uploads.nextDue(at: now), try await registrations.nextDue(at: now),
                try await pointClouds.nextDue(at: now), try await handOvers.nextDue(at: now),
                try await following.nextDue(at: now), try await retractions.nextDue(at: now),
            ]
            guard let due = waits.compactMap(\.self).min() else { return }
            advance(to: due)
        }
        throw Endless()
    }

    /// Works on everything that is due now.
    func drain() async throws {
        try await uploads.drain()
        try await registrations.drain()
        try await pointClouds.drain()
        try await handOvers.drain()
        try await following.drain()
        try await retractions.drain()
    }

    func advance(to date: Date) {
        let left = date.timeIntervalSince(depot.clock.date)
        if left > 0 { depot.clock.advance(by: .milliseconds(Int64(left * 1000) + 1)) }
    }

    struct Endless: Error {}
}

extension ItemRecord {
    /// Why it failed; nil if it did not.
    var failure: ItemState.Failure? {
        guard case .failed(_, let failure) = state else { return nil }
        return failure
    }
}
