import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing

/// A whole installation in a folder of its own: an inbox, a state directory, a configuration, and a sandbox in place of CDF.
final class Site: Sendable {
    let folder: TemporaryFolder
    let sandbox: SandboxProcess
    private let processes = Mutex(0)
    private let model: String?

    /// - Parameters:
    ///   - model: The data model; nil to leave the choice to drop360.
    ///   - inbox: Further keys of the inbox, as YAML.
    ///   - secret: What is told to the token endpoint.
    init(model: String? = nil, inbox: String = "", secret: String = "sandbox") async throws {
        self.model = model
        folder = try TemporaryFolder()
        sandbox = try await SandboxProcess.start(in: folder)
        try folder.makeFolder("inbox")
        try configure(inbox: inbox, secret: secret)
    }

    var inbox: String { folder.path("inbox") }
    var state: String { folder.path("state") }
    var configuration: String { folder.path("config.yaml") }

    /// - Parameters:
    ///   - keys: Further keys of the inbox, as YAML.
    ///   - secret: What is told to the token endpoint.
    ///   - model: The data model; nil for the one that this site began with.
    func configure(inbox keys: String = "", secret: String = "sandbox", model: String? = nil) throws {
        let more = keys.isEmpty ? "" : ", " + keys
        try folder.write(
            """
            version: 1
            cognite:
              host: \(sandbox.url)
              project: sandbox
              idp-authentication: {token-url: "\(sandbox.url)/oauth2/token", client-id: sandbox, secret: \(secret)}
              data-set: {external-id: sandbox}
            target: {space: sandbox\((model ?? self.model).map { ", model: \($0)" } ?? "")}
            state: \(state)
            inboxes: [{path: \(inbox), settle: 200ms\(more)}]
            dashboard: {listen: "127.0.0.1:0"}

            """,
            to: "config.yaml"
        )
    }

    // MARK: Processes

    /// Starts any command of drop360 in this site's folder.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> ChildProcess {
        let number = processes.withLock { number in
            number += 1
            return number
        }
        return try Drop360.start(
            arguments,
            environment: environment,
            in: folder.path,
            log: folder.path("process-\(number)")
        )
    }

    /// The daemon in a user namespace of its own, where `first`, a line of shell, is done before: kernel limits there are its own.
    func startDaemonInside(_ first: String) throws -> ChildProcess {
        try ChildProcess(
            "/usr/bin/unshare",
            ["-U", "-r", "sh", "-ec", first + "; exec \"$@\"", "sh", Drop360.path(), "run", "--config", configuration],
            environment: ProcessInfo.processInfo.environment,
            in: folder.path,
            log: folder.path("inside")
        )
    }

    /// Runs any command of drop360 to its end.
    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Finished {
        try await run(arguments, environment: environment)
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Finished {
        let child = try start(arguments, environment: environment)
        let exit = try await child.ended(within: .seconds(180))
        return Finished(
            exit: exit,
            output: child.output,
            errors: child.errors,
            everythingPrinted: child.everythingPrinted
        )
    }

    /// The daemon, with this site's configuration.
    func startDaemon(_ more: String..., environment: [String: String] = [:]) throws -> ChildProcess {
        try start(["run", "--config", configuration] + more, environment: environment)
    }

    /// `run --until-idle`, to its end.
    func deliver() async throws -> Finished { try await run("run", "--config", configuration, "--until-idle") }

    /// `run --until-idle`, which must get everything registered.
    func deliverAll(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let finished = try await deliver()
        let said = finished.errors.suffix(4000)
        #expect(
            finished.exit == .code(0),
            "\(comment.map { "\($0): " } ?? "")\(said)",
            sourceLocation: sourceLocation
        )
    }

    /// Stops a daemon as systemd does, and expects the exit code 0.
    func stop(_ daemon: ChildProcess, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        daemon.send(SIGTERM)
        let exit = try await daemon.ended()
        #expect(exit == .code(0), "\(daemon.errors.suffix(3000))", sourceLocation: sourceLocation)
    }

    // MARK: Facts

    /// All stations by path, as `list --json` prints them.
    func list() async throws -> [String: Facts] {
        let finished = try await run("list", "--json", "--config", configuration)
        try #require(finished.exit == .code(0), "\(finished.errors)")
        let stations = try finished.facts()["stations"].list
        return Dictionary(stations.map { ($0["path"].text ?? "", $0) }) { first, _ in first }
    }

    /// The states of all stations by path.
    func states() async throws -> [String: String] { try await list().compactMapValues { $0["state"].text } }

    func explain(_ station: String) async throws -> Facts {
        let finished = try await run("explain", station, "--json", "--config", configuration)
        try #require(finished.exit == .code(0), "\(finished.errors)")
        return try finished.facts()
    }

    /// Waits until the ledger says `state` of the station.
    func become(_ state: String, _ path: String) async throws {
        _ = try await eventually("station \(path) is \(state)", every: .milliseconds(50)) {
            guard FileManager.default.fileExists(atPath: self.state + "/ledger.sqlite") else { return nil as Bool? }
            return try await states()[path] == state ? true : nil
        }
    }

    func ledgerProblems() async throws -> [String] {
        let ledger = try ItemLedger(directory: state, exclusively: false)
        let problems = try await ledger.integrityProblems()
        try ledger.close()
        return problems
    }

    /// What the running daemon tells of itself, as `status --json` prints it.
    func status() async throws -> Facts {
        let finished = try await run("status", "--json", "--config", configuration)
        return try finished.facts()
    }

    // MARK: Dropping

    /// Writes a station beside the inbox and renames it into it, as a copying tool that is done.
    func drop(_ name: String, _ options: StationMaker.Options = .init()) throws {
        try StationMaker().write(to: folder.path, named: "staging/" + name, options)
        if let slash = name.lastIndex(of: "/") { try folder.makeFolder("inbox/" + name[..<slash]) }
        try folder.move("staging/" + name, to: "inbox/" + name)
    }

    /// Waits for a crew's report and returns its text.
    func report(_ station: String, _ word: String) async throws -> String {
        try await eventually("\(station).\(word).txt", every: .milliseconds(20)) {
            let name = "inbox/\(station).\(word).txt"
            return folder.contains(name) ? String(decoding: try folder.read(name), as: UTF8.self) : nil
        }
    }
}
