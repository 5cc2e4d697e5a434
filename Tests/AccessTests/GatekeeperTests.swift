import Access
import Foundation
import InMemoryLogging
import Logging
import Synchronization
import TestSupport
import Testing

/// Who may see the page.
@Suite(.timeLimit(.minutes(15)))
struct GatekeeperTests {
    private let folder: TemporaryFolder
    private let log = InMemoryLogHandler()
    private var file: UsersFile { UsersFile(folder.path + "/users") }

    init() throws { folder = try TemporaryFolder() }

    /// Counts the hashes, which then cost nothing.
    private final class Counter: Sendable {
        let count = Mutex(0)
        func matches(_ hash: PasswordHash, _ password: String) -> Bool {
            count.withLock { $0 += 1 }
            return password == "right"
        }
        var hashes: Int { count.withLock { $0 } }
    }

    private func keeper(_ counter: Counter, proxy: Gatekeeper.Proxy? = nil) throws -> Gatekeeper {
        try file.replace(
            with: "anna:\(PasswordHashTests.bcrypt)\nvera:\(PasswordHashTests.bcrypt):viewer\n",
            like: nil
        )
        let now = Date(timeIntervalSince1970: 1_777_629_600)
        let logger = Logger(label: "test") { _ in log }
        return Gatekeeper(
            proxy: proxy,
            desk: PasswordDesk(file, now: { now }, logger: logger, matches: counter.matches)
        )
    }

    private func request(
        _ login: String?,
        peer: String = "10.0.0.1",
        forwardedFor: String? = nil
    ) -> Gatekeeper.Request {
        let header = login.map { "Basic " + Data($0.utf8).base64EncodedString() }
        return Gatekeeper.Request(peer: peer, authorization: header, forwardedFor: forwardedFor)
    }

    @Test func `on loopback anyone is admitted, and may act`() async {
        #expect(await Gatekeeper.open.decide(on: request(nil, peer: "127.0.0.1")) == .admitted(.local))
    }

    @Test func `users are admitted with their password, and viewers may not act`() async throws {
        let keeper = try keeper(Counter())
        let anna = Visitor(name: "anna", address: "10.0.0.1")
        #expect(await keeper.decide(on: request("anna:right")) == .admitted(anna))
        let vera = Visitor(name: "vera", mayAct: false, address: "10.0.0.1")
        #expect(await keeper.decide(on: request("vera:right")) == .admitted(vera))
        for wrong in ["anna:wrong", "nobody:right", "anna:", ":right", "anna", "", "a\u{1B}:right"] {
            #expect(await keeper.decide(on: request(wrong)) == .refused(.passwordWanted), "\(wrong)")
        }
        #expect(await keeper.decide(on: request(nil)) == .refused(.passwordWanted))
        for header in ["", "Basic", "Basic ####", "Bearer abc", "Basic " + String(repeating: "A", count: 4000)] {
            let request = Gatekeeper.Request(peer: "10.0.0.1", authorization: header)
            #expect(await keeper.decide(on: request) == .refused(.passwordWanted))
        }
    }

    @Test func `a right password costs one hash, until the file changes`() async throws {
        let counter = Counter()
        let keeper = try keeper(counter)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = await keeper.decide(on: request("anna:right")) } }
        }
        #expect(counter.hashes == 1)
        try file.replace(with: "anna:\(PasswordHashTests.bcrypt):viewer\n", like: nil)
        guard case .admitted(let visitor) = await keeper.decide(on: request("anna:right")) else {
            Issue.record("not admitted")
            return
        }
        #expect(!visitor.mayAct && counter.hashes == 2)
        #expect(await keeper.decide(on: request("vera:right")) == .refused(.passwordWanted))
    }

    @Test func `without a readable file nobody is admitted, also of those who were before`() async throws {
        let keeper = try keeper(Counter())
        _ = await keeper.decide(on: request("anna:right"))
        try FileManager.default.removeItem(atPath: file.path)
        for _ in 0..<3 { #expect(await keeper.decide(on: request("anna:right")) == .refused(.unreadableFile)) }
        #expect(log.entries.count { $0.level == .error } == 1)
    }

    @Test func `an unknown name costs as much as a known one, and guessing ends soon`() async throws {
        let counter = Counter()
        let keeper = try keeper(counter)
        for _ in 0..<5 {
            #expect(await keeper.decide(on: request("nobody:x")) == .refused(.passwordWanted))
            #expect(await keeper.decide(on: request("anna:x")) == .refused(.passwordWanted))
        }
        #expect(counter.hashes == 10)
        for _ in 0..<100 {
            #expect(await keeper.decide(on: request("anna:right")) == .refused(.later(seconds: 30)))
        }
        #expect(counter.hashes == 10)
        #expect(await keeper.decide(on: request("anna:right", peer: "10.0.0.2")) != .refused(.passwordWanted))
        let warnings = log.entries.filter { $0.level == .warning }
        #expect(warnings.count == 1)
        #expect(warnings.first?.metadata["from"] == "10.0.0.1")
    }

    @Test func `who is logged in is not kept out by others who guess`() async throws {
        let keeper = try keeper(Counter())
        _ = await keeper.decide(on: request("anna:right"))
        for _ in 0..<20 { _ = await keeper.decide(on: request("anna:wrong")) }
        #expect(await keeper.decide(on: request("anna:right")) == .admitted(Visitor(name: "anna", address: "10.0.0.1")))
    }

    @Test func `the header of a proxy counts from the proxy alone`() async throws {
        let keeper = Gatekeeper(
            proxy: .init(trusted: [try #require(AddressRange("10.0.0.0/24"))], userHeader: "X-User")
        )
        func decide(_ peer: String, _ users: [String]) async -> Gatekeeper.Decision {
            await keeper.decide(on: .init(peer: peer, forwardedFor: "6.6.6.6, 192.0.2.7", users: users))
        }
        #expect(await decide("10.0.0.5", ["anna"]) == .admitted(Visitor(name: "anna", address: "192.0.2.7")))
        for peer in ["10.0.1.5", "127.0.0.1", "::1", "unknown"] {
            #expect(await decide(peer, ["anna"]) == .refused(.notThroughProxy))
        }
        for users in [[], ["", "anna"], ["anna", "bea"], [""], ["a\u{1B}"], [String(repeating: "a", count: 201)]] {
            #expect(await decide("10.0.0.5", users) == .refused(.noUserNamed(header: "X-User")))
        }
    }

    @Test func `behind a proxy each client guesses on its own account, whatever it writes itself`() async throws {
        let proxy = Gatekeeper.Proxy(trusted: [try #require(AddressRange("127.0.0.1"))])
        let keeper = try keeper(Counter(), proxy: proxy)
        for number in 0..<12 {
            _ = await keeper.decide(
                on: request("anna:x", peer: "127.0.0.1", forwardedFor: "1.1.1.\(number), 192.0.2.7")
            )
        }
        let guesser = request("anna:right", peer: "127.0.0.1", forwardedFor: "192.0.2.7")
        #expect(await keeper.decide(on: guesser) == .refused(.later(seconds: 30)))
        let other = request("anna:right", peer: "127.0.0.1", forwardedFor: "192.0.2.8, 127.0.0.1")
        #expect(await keeper.decide(on: other) == .admitted(Visitor(name: "anna", address: "192.0.2.8")))
    }
}
