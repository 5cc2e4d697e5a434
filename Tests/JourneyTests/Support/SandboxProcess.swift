import Foundation
import FoundationNetworking
import TestSupport
import Testing

/// `drop360 sandbox` in a process of its own, so that it and its request log outlive every daemon.
final class SandboxProcess: Sendable {
    /// One request, as the sandbox saw it.
    struct Request: Sendable {
        let number: Int
        let method: String
        let path: String
        let query: [String: String]
        let body: Facts
        let bytes: Int
        /// The status answered, or the word for what became of it; nil while it is under way.
        let status: Facts
        /// The kind of fault that struck it.
        let fault: String?
        /// Milliseconds since 1970.
        let began: Int
        let ended: Int?

        init(_ facts: Facts) {
            number = facts["n"].int ?? 0
            method = facts["method"].text ?? ""
            path = facts["path"].text ?? ""
            query = facts["query"].texts
            body = facts["requestBody"]
            bytes = facts["bytes"].int ?? 0
            status = facts["status"]
            fault = facts["fault"].text
            began = facts["startedAt"].int ?? 0
            ended = facts["answeredAt"].int
        }

        /// The external id of the file for whose bytes it requests an address; nil if it does not, or CDF says that there is such a file.
        var begunFile: String? {
            guard method == "POST", status.int != 409 else { return nil }
            return switch path {
            case "/files": body["externalId"].text
            case "/files/uploadlink": body["items"].list.first?["instanceId"]["externalId"].text
            default: nil
            }
        }

        /// Creates or overwrites something in CDF.
        var writes: Bool {
            method == "PUT" || method == "POST" && ["/files", "/models/instances"].contains(path)
        }
    }

    let url: String
    let data: String
    private let child: ChildProcess

    private init(url: String, data: String, child: ChildProcess) {
        self.url = url
        self.data = data
        self.child = child
    }

    /// Starts one that keeps everything in `data`.
    static func start(in folder: TemporaryFolder, data: String? = nil) async throws -> SandboxProcess {
        let data = data ?? folder.path("sandbox")
        let log = folder.path("sandbox-\(UUID().uuidString)")
        let child = try Drop360.start(
            ["sandbox", "--port", "0", "--data", data],
            in: folder.path,
            log: log
        )
        let line = "sandbox listening on "
        let url = try await eventually("the address of the sandbox") { () throws -> String? in
            if let exit = child.exit { throw NeverCame("the sandbox ended with \(exit): \(child.errors)") }
            let lines = child.output.split(separator: "\n", omittingEmptySubsequences: false)
            // The last piece may be half a line.
            return lines.dropLast().first { $0.hasPrefix(line) }.map { String($0.dropFirst(line.count)) }
        }
        return SandboxProcess(url: url, data: data, child: child)
    }

    // MARK: Control

    @discardableResult
    static func ask(_ url: String, method: String = "GET", body: String? = nil) async throws -> Facts {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.timeoutInterval = 30
        if body != nil { request.setValue("application/json", forHTTPHeaderField: "content-type") }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode
        try #require(status == 200, "\(method) \(url) → \(status ?? 0): \(String(decoding: data, as: UTF8.self))")
        return try Facts.parse(data)
    }

    /// The requests after number `since`, in the order in which they began.
    func requests(since: Int = 0) async throws -> [Request] { try await Self.requests(at: url, since: since) }

    static func requests(at url: String, since: Int = 0) async throws -> [Request] {
        try await ask("\(url)/sandbox/requests?since=\(since)")["requests"].list.map(Request.init)
    }

    /// What it holds, as a viewer would see it.
    func contents() async throws -> Contents { Contents(facts: try await Self.ask("\(url)/sandbox/contents")) }

    /// Makes it fail by these rules: the objects of `rules`, as JSON.
    func fail(_ rules: String...) async throws { try await Self.fail(rules, at: url) }

    static func fail(_ rules: [String], at url: String) async throws {
        try await ask("\(url)/sandbox/faults", method: "POST", body: #"{"rules": [\#(rules.joined(separator: ", "))]}"#)
    }

    /// How often each rule has struck.
    func struck() async throws -> [Int] {
        try await Self.ask("\(url)/sandbox/faults")["rules"].list.map { $0["struck"].int ?? 0 }
    }

    /// Gives its project another shape, as `docs/operators/commands.md` describes it.
    func setProject(_ shape: String) async throws {
        try await Self.ask("\(url)/sandbox/project", method: "POST", body: shape)
    }

    func behave() async throws { try await Self.ask("\(url)/sandbox/faults", method: "DELETE") }
}

/// What the sandbox holds.
struct Contents: Equatable, Sendable {
    let facts: Facts

    var files: [Facts] { facts["files"].list }
    var nodes: [Facts] { facts["nodes"].list }
    var images: Int { facts["images"].int ?? -1 }
    var stations: Int { facts["stations"].int ?? -1 }
    var collections: Int { facts["collections"].int ?? -1 }
    /// How many 3D models with a node there are.
    var models: Int { nodeIDs.count { $0.hasPrefix("cog_3d_model_") } }
    var fileIDs: Set<String> { Set(files.compactMap { $0["externalId"].text }) }
    var nodeIDs: Set<String> { Set(nodes.compactMap { $0["externalId"].text }) }

    /// Everything that a viewer would stumble over.
    var flaws: [String] {
        var flaws: [String] = []
        for key in ["danglingRelations", "danglingFiles", "emptyCollections", "sharedFiles"] {
            flaws += facts[key].list.map { "\(key): \($0)" }
        }
        flaws += files.filter { $0["uploaded"] != .bool(true) }.map { "never uploaded: \($0["externalId"])" }
        return flaws
    }

    /// Expects exactly so many images with six whole files each, at so many stations, and nothing to stumble over.
    func expectWhole(
        images: Int,
        stations: Int? = nil,
        collections: Int = 1,
        _ comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(flaws == [], comment, sourceLocation: sourceLocation)
        #expect(self.images == images, comment, sourceLocation: sourceLocation)
        #expect(self.stations == stations ?? images, comment, sourceLocation: sourceLocation)
        #expect(self.collections == collections, comment, sourceLocation: sourceLocation)
        #expect(files.count == images * 6, comment, sourceLocation: sourceLocation)
    }
}
