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

    private func visitor(_ name: String, mayAct: Bool = true, from address: String = "10.0.0.1") throws -> Visitor {
        Visitor(name: name, mayAct: mayAct, address: address, hash: try PasswordHash(PasswordHashTests.bcrypt))
    }

    @Test func `on loopback anyone is admitted, and may act`() async {
        #expect(await Gatekeeper.open.decide(on: request(nil, peer: "127.0.0.1")) == .admitted(.local))
    }

    @Test func `users are admitted with their password, and viewers may not act`() async throws {
        let keeper = try keeper(Counter())
        let anna = try visitor("anna")
        #expect(await keeper.decide(on: request("anna:right")) == .admitted(anna))
        let vera = try visitor("vera", mayAct: false)
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
        #expect(warnings.map { $0.metadata["from"] } == ["10.0.0.1", "10.0.0.1"])
        #expect(warnings.last?.message.description.contains("are put off") == true)
    }

    @Test func `logins that are put off have one line an hour with their number, from however many addresses`()
        async throws
    {
        let clock = ManualClock()
        try file.replace(with: "anna:\(PasswordHashTests.bcrypt)\n", like: nil)
        let logger = Logger(label: "test") { _ in log }
        let desk = PasswordDesk(file, now: { clock.date }, logger: logger) { _, _ in false }
        for client in 0..<7 {
            for _ in 0..<10 { _ = await desk.check(name: "anna", password: "x", from: "10.0.0.\(client)") }
        }
        func lines() -> [String?] {
            log.entries.filter { $0.message.description.contains("put off") }.map { $0.metadata["count"]?.description }
        }
        #expect(lines() == ["1"])
        clock.advance(by: .seconds(3600))
        for _ in 0..<11 { _ = await desk.check(name: "anna", password: "x", from: "10.0.0.1") }
        // Nine more of the last address before, and one now.
        #expect(lines() == ["1", "10"])
    }

    @Test func `the time of a wrong password does not say whether the file has the name, however it is hashed`()
        async throws
    {
        let kinds = [PasswordHashTests.bcrypt, PasswordHashTests.scrypt, PasswordHashTests.yescrypt]
        let names = ["anna", "bea", "carl"]
        let lines = zip(names, kinds).map { "\($0):\($1)\n" }.joined()
        // Two more of the first kind: users are many, kinds are few.
        try file.replace(with: lines + "dora:\(kinds[0])\nemil:\(kinds[0]):viewer\n", like: nil)
        let computed = Mutex<[String]>([])
        let desk = PasswordDesk(
            file,
            now: { Date(timeIntervalSince1970: 0) },
            logger: Logger(label: "test") { _ in log }
        ) {
            hash,
            _ in
            computed.withLock { $0.append(hash.text) }
            return false
        }
        for name in names + ["dora", "emil", "nobody", "root"] {
            #expect(await desk.check(name: name, password: "x", from: name) == .wrong)
            let work = computed.withLock { computed in
                defer { computed = [] }
                return computed.sorted()
            }
            #expect(work == kinds.sorted(), "\(name)")
        }
    }

    @Test func `who was admitted no longer is once removed, or with another password or role`() async throws {
        let keeper = try keeper(Counter())
        let (anna, vera) = (try visitor("anna"), try visitor("vera", mayAct: false))
        #expect(await keeper.decide(on: request("anna:right")) == .admitted(anna))
        #expect(await keeper.stillAdmits(anna))
        #expect(await keeper.stillAdmits(vera))
        try file.replace(with: "# changed\nanna:\(PasswordHashTests.bcrypt)\n", like: nil)
        #expect(await keeper.stillAdmits(anna))
        #expect(await keeper.stillAdmits(vera) == false)
        for line in ["anna:\(PasswordHashTests.bcrypt):viewer\n", "anna:\(PasswordHashTests.scrypt)\n"] {
            try file.replace(with: line, like: nil)
            #expect(await keeper.stillAdmits(anna) == false, "\(line)")
        }
        try FileManager.default.removeItem(atPath: file.path)
        #expect(await keeper.stillAdmits(anna) == false)
        // Where no password is asked for, nobody can be removed.
        #expect(await Gatekeeper.open.stillAdmits(.local))
    }

    @Test func `who is logged in is not kept out by others who guess`() async throws {
        let keeper = try keeper(Counter())
        _ = await keeper.decide(on: request("anna:right"))
        for _ in 0..<20 { _ = await keeper.decide(on: request("anna:wrong")) }
        #expect(await keeper.decide(on: request("anna:right")) == .admitted(try visitor("anna")))
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
        #expect(await keeper.decide(on: other) == .admitted(try visitor("anna", from: "192.0.2.8")))
    }
}
