import Foundation
import Logging
import Meters
import Sandbox
import Station
import TestSupport
import Testing
import Timing

@testable import CDF

/// A client with a clock of its own, and what it is pointed at.
struct Bench: Sendable {
    let client: CDFClient
    let clock: PauseRecorder
    let control: SandboxControl
    let server: SandboxServer?
    let registry: PrometheusRegistry

    /// What the client has counted, without zeroes, buckets and sums of seconds.
    var counts: [String] {
        registry.exposition().text.split(separator: "\n").map(String.init).filter {
            !$0.hasPrefix("#") && !$0.hasSuffix(" 0") && !$0.contains("_bucket{") && !$0.contains("_sum{")
        }
    }

    func contents() async throws -> SandboxContents { try await #require(server).describeContents() }

    /// How many requests of each kind the sandbox saw.
    func lines() async throws -> [String] { try await control.requests().map(\.line) }

    static func settings(
        _ base: String,
        secret: String = "sandbox",
        tries: Int = 4,
        connection: ConnectionSettings = .init(),
        certificate: (@Sendable () -> ClientCertificate)? = nil
    ) -> CDFSettings {
        CDFSettings(
            host: base,
            project: "sandbox",
            credentials: .init(
                tokenURL: base + "/oauth2/token",
                clientID: "sandbox",
                secret: { secret },
                certificate: certificate,
                scopes: ["all"]
            ),
            connection: connection,
            tries: tries
        )
    }

    /// Runs a client against `base` for as long as `body` takes.
    static func run<Result>(
        _ base: String,
        secret: String = "sandbox",
        tries: Int = 4,
        random: Double = 0.5,
        connection: ConnectionSettings = .init(),
        certificate: (@Sendable () -> ClientCertificate)? = nil,
        timeLimit: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        server: SandboxServer? = nil,
        _ body: (Bench) async throws -> Result
    ) async throws -> Result {
        let clock = PauseRecorder()
        let registry = PrometheusRegistry(RequestMeters.declarations)
        let client = CDFClient(
            settings: settings(base, secret: secret, tries: tries, connection: connection, certificate: certificate),
            timeSource: TimeSource(
                sleep: { try await clock.sleep($0) },
                timeLimit: timeLimit,
                now: { clock.date },
                random: { random }
            ),
            meters: RequestMeters(registry),
            logger: Logger(label: "test") { _ in EveryDetail() }
        )
        let control = SandboxControl(base: base)
        let bench = Bench(client: client, clock: clock, control: control, server: server, registry: registry)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(bench)) } catch { result = .failure(error) }
        try await client.shutdown()
        return try result.get()
    }

    /// Runs a client against a sandbox of its own.
    static func sandbox(
        secret: String = "sandbox",
        tries: Int = 4,
        minimumPartSize: Int64 = 5 << 20,
        faults: String...,
        body: @Sendable (Bench) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration()
        configuration.minimumPartSize = minimumPartSize
        try await RunningSandbox.run(configuration) { sandbox in
            if !faults.isEmpty { try await sandbox.control.setFaults(faults.joined(separator: ", ")) }
            try await run(sandbox.base, secret: secret, tries: tries, server: sandbox.server, body)
        }
    }

    /// Runs a client against a server that answers as told; tokens are issued without asking, and not counted.
    static func scripted(
        tries: Int = 4,
        random: Double = 0.5,
        script: @escaping @Sendable (ScriptedServer.Request, _ number: Int) -> ScriptedServer.Reply,
        body: (Bench, ScriptedServer) async throws -> Void
    ) async throws {
        let counter = Counter()
        let server = try ScriptedServer { request, _ in
            guard request.target != "/oauth2/token" else { return .json(#"{"access_token": "t", "expires_in": 3600}"#) }
            return script(request, counter.next())
        }
        defer { server.stop() }
        try await run(server.base, tries: tries, random: random) { try await body($0, server) }
    }
}

extension ScriptedServer {
    /// Everything but the requests for tokens.
    var calls: [Request] { requests.filter { $0.target != "/oauth2/token" } }
}

/// The error that `work` ends with; nil where it gets through, or fails otherwise.
func failure<Result>(of work: () async throws -> Result) async -> CDFError? {
    do {
        _ = try await work()
        return nil
    } catch { return error as? CDFError }
}

/// Tests name files by their external ids.
extension FileReference: ExpressibleByStringInterpolation {
    /// The file with this external id.
    public init(stringLiteral id: String) { self = .externalID(id) }
}
