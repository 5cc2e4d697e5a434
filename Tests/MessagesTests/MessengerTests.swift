import CDF
import Crypto
import Foundation
import Ledger
import ServiceLifecycle
import Station
import Status
import Synchronization
import TestSupport
import Testing
import Timing

@testable import Messages

/// Messages from the ledger to a real receiver.
@Suite(.timeLimit(.minutes(5)))
struct MessengerTests {
    /// A ledger with what happens in it, and a receiver.
    private final class Scene: Sendable {
        let desk: Desk
        let server: ScriptedServer
        let link = Mutex(MessageSight.Link.connected)

        init(_ script: @escaping @Sendable (ScriptedServer.Request, Int) -> ScriptedServer.Reply) throws {
            desk = try Desk()
            server = try ScriptedServer(script)
        }

        deinit { server.stop() }

        func context(_ recipients: [Recipient]? = nil) -> MessageContext {
            let own = Recipient(
                webhook: .init(
                    url: { [server] in server.base + "/hook" },
                    secret: { () throws(DeliveryTrouble) in "hush" }
                ),
                name: server.base,
                events: MessageEvent.allCases
            )
            return MessageContext(
                ledger: desk.ledger,
                box: "box-7",
                rules: MessageRules(),
                recipients: recipients ?? [own],
                sight: { [self] in
                    MessageSight(link: link.withLock { $0 }, inboxes: [.init("/in")], state: "/s", free: 8 << 30)
                },
                timeSource: desk.timeSource,
                logger: Desk.silent
            )
        }

        var bodies: [Message] {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return server.requests.compactMap { try? decoder.decode(Message.self, from: Data($0.body)) }
        }
    }

    /// Sends what is due, once.
    private func send(_ context: MessageContext) async throws -> Duration {
        var trouble: String?
        let queue = RecipientQueue(try #require(context.recipients.first), context, .init())
        let pause = await queue.sendDue(&trouble)
        try await queue.shutdown()
        return pause
    }

    @Test func `a receiver that fails twice gets each message once, the same each time, and signed`() async throws {
        let scene = try Scene { _, number in number < 2 ? .answer(503) : .answer(204) }
        let context = scene.context()
        try await scene.desk.ledger.prepareMessages(for: context.recipients.map(\.key))
        try await scene.desk.record("site/a", rejected: "The face left is missing.")
        var making = try await MessageMaking(context)
        #expect(try await making.turn().isEmpty)
        scene.desk.clock.advance(by: .seconds(10))
        #expect(try await making.turn() == Set(context.recipients.map(\.key)))
        for _ in 0..<4 {
            _ = try await send(context)
            scene.desk.clock.advance(by: .seconds(30))
        }
        let requests = scene.server.requests
        #expect(requests.count == 3)
        #expect(Set(requests.map(\.text)).count == 1)
        #expect(Set(requests.map { $0.headers["x-drop360-message"] }).count == 1)
        let message = try #require(scene.bodies.first)
        #expect(message.event == .rejected)
        #expect(message.box == "box-7")
        #expect(message.stations.map(\.path) == [scene.desk.inbox.path + "/site/a"])
        // By another implementation: openssl.
        let body = try TemporaryFolder()
        try Data(requests[0].body).write(to: URL(fileURLWithPath: body.path + "/body"))
        let openssl = try ChildProcess(
            "/usr/bin/openssl",
            ["dgst", "-sha256", "-hmac", "hush", "-r", body.path + "/body"],
            environment: [:],
            in: body.path,
            log: body.path + "/openssl"
        )
        try await openssl.ended()
        let digest = openssl.output.split(separator: " ").first.map(String.init)
        #expect(requests[0].headers["x-drop360-signature"] == "sha256=" + (try #require(digest)))
        #expect(try await scene.desk.ledger.nextMessage(for: context.recipients[0].key) == nil)
    }

    @Test func `while a recipient does not answer, its messages wait in order, also over a restart`() async throws {
        let isUp = Mutex(false)
        let scene = try Scene { _, _ in isUp.withLock { $0 } ? .answer(200) : .hangUp }
        let context = scene.context()
        try await scene.desk.ledger.prepareMessages(for: context.recipients.map(\.key))
        scene.link.withLock { $0 = .offline(since: scene.desk.clock.date, reason: "No route.") }
        var making = try await MessageMaking(context)
        for _ in 0..<13 {
            _ = try await making.turn()
            scene.desk.clock.advance(by: .seconds(60))
        }
        _ = try await send(context)
        scene.link.withLock { $0 = .connected }
        // As after a restart: nothing but the ledger is left.
        try await scene.desk.ledger.prepareMessages(for: context.recipients.map(\.key))
        var again = try await MessageMaking(context)
        _ = try await again.turn()
        isUp.withLock { $0 = true }
        scene.desk.clock.advance(by: .seconds(3600))
        let before = scene.server.requests.count
        _ = try await send(context)
        #expect(before == 1)
        #expect(scene.bodies.map(\.event) == [.offline, .offline, .recovered])
    }

    @Test func `a message that is refused is given up after ten times, and the next one follows`() async throws {
        let scene = try Scene { request, _ in request.text.contains("site/a") ? .answer(400) : .answer(200) }
        let context = scene.context()
        try await scene.desk.ledger.prepareMessages(for: context.recipients.map(\.key))
        var making = try await MessageMaking(context)
        for path in ["site/a", "site/b"] {
            try await scene.desk.record(path, rejected: "The face left is missing.")
            // Past the pause after the first one.
            for _ in 0..<20 {
                _ = try await making.turn()
                scene.desk.clock.advance(by: .seconds(60))
            }
        }
        for _ in 0..<20 {
            _ = try await send(context)
            scene.desk.clock.advance(by: .seconds(3700))
        }
        #expect(scene.bodies.count { $0.stations.first?.path.hasSuffix("site/a") == true } == 10)
        #expect(scene.bodies.count { $0.stations.first?.path.hasSuffix("site/b") == true } == 1)
    }

    @Test func `a redirect is not followed`() async throws {
        let scene = try Scene { request, _ in
            request.target == "/hook" ? .answer(307, headers: ["location": "/elsewhere"]) : .answer(200)
        }
        let context = scene.context()
        try await scene.desk.ledger.prepareMessages(for: context.recipients.map(\.key))
        try await scene.desk.record("site/a", rejected: "x")
        var making = try await MessageMaking(context)
        _ = try await making.turn()
        scene.desk.clock.advance(by: .seconds(10))
        _ = try await making.turn()
        _ = try await send(context)
        #expect(scene.server.requests.map(\.target) == ["/hook"])
        #expect(try await scene.desk.ledger.nextMessage(for: context.recipients[0].key)?.attempts == 1)
    }

    @Test func `what is refused again for the same reason is told once, until it was well in between`() async throws {
        let scene = try Scene { _, _ in .answer(200) }
        let (context, desk) = (scene.context(), scene.desk)
        try await desk.record("before", rejected: "Told to nobody.")
        try await desk.ledger.prepareMessages(for: context.recipients.map(\.key))
        var making = try await MessageMaking(context)
        func tell() async throws -> [String] {
            // Past the pause after the one before.
            for _ in 0..<20 {
                _ = try await making.turn()
                desk.clock.advance(by: .seconds(60))
            }
            let before = scene.bodies.count
            _ = try await send(context)
            return scene.bodies.dropFirst(before).map(\.summary)
        }
        try await desk.record("a", rejected: "The face left is missing.")
        #expect(try await tell().count == 1)
        try await desk.record("a", incomplete: "Still copying.")
        try await desk.record("a", rejected: "The face left is missing.")
        #expect(try await tell() == [])
        try await desk.record("a", rejected: "The face right is missing.")
        #expect(try await tell().count == 1)
        try await desk.record("a", .sample())
        #expect(try await tell() == [])
        try await desk.record("a", rejected: "The face right is missing.")
        #expect(try await tell().count == 1)
    }

    @Test func `a recipient gets only what it asked for, and one that is gone from the configuration nothing`()
        async throws
    {
        let scene = try Scene { _, _ in .answer(200) }
        let other = Recipient(
            webhook: .init(url: { scene.server.base + "/other" }, secret: nil),
            name: "other",
            events: [.offline]
        )
        let context = scene.context([other])
        try await scene.desk.ledger.prepareMessages(for: [other.key])
        try await scene.desk.record("a", rejected: "x")
        scene.link.withLock { $0 = .offline(since: scene.desk.clock.date, reason: "No route.") }
        var making = try await MessageMaking(context)
        for _ in 0..<12 {
            _ = try await making.turn()
            scene.desk.clock.advance(by: .seconds(60))
        }
        #expect(try await scene.desk.ledger.nextMessage(for: other.key)?.event == "offline")
        try await scene.desk.ledger.prepareMessages(for: [])
        #expect(try await scene.desk.ledger.nextMessage(for: other.key) == nil)
        #expect(try await scene.desk.ledger.messageMemory() == nil)
    }

    @Test func `a program and a webhook that hang hold up nobody else, and their messages wait at the stop`()
        async throws
    {
        let scene = try Scene { request, _ in
            request.target == "/hangs" ? .stuck("HTTP/1.1 200 OK\r\ncontent-le", sent: {}) : .answer(200)
        }
        let folder = try TemporaryFolder()
        func program(_ script: String) -> Recipient {
            Recipient(command: .init(["/bin/sh", "-c", script], limit: .seconds(3600)), events: MessageEvent.allCases)
        }
        func webhook(_ path: String) -> Recipient {
            Recipient(webhook: .init(url: { scene.server.base + path }, secret: nil), name: path, events: [.rejected])
        }
        let (slow, stuck) = (program("touch \(folder.path)/slow; exec sleep 3600"), webhook("/hangs"))
        let quick = [program("cat > \(folder.path)/quick; touch \(folder.path)/told"), webhook("/hook")]
        var context = scene.context([slow, stuck] + quick)
        try await scene.desk.ledger.prepareMessages(for: context.recipients.map(\.key))
        try await scene.desk.record("site/a", rejected: "The face left is missing.")
        var making = try await MessageMaking(context)
        _ = try await making.turn()
        scene.desk.clock.advance(by: .seconds(10))
        #expect(try await making.turn().count == 4)

        // At the stop, what hangs is ended at once.
        context.timeSource.timeLimit = { _ in }
        let messenger = Messenger(context, connection: .init(), feed: ChangeFeed(), isUntilIdle: false)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: messenger)],
                gracefulShutdownSignals: [],
                logger: Desk.silent
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let keys = quick.map(\.key)
            _ = try await eventually("the others got theirs") { () async throws -> Bool? in
                for key in keys where try await scene.desk.ledger.nextMessage(for: key) != nil { return nil }
                return folder.contains("slow") && scene.server.requests.contains { $0.target == "/hangs" } ? true : nil
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(folder.contains("told"))
        for recipient in [slow, stuck] {
            #expect(try await scene.desk.ledger.nextMessage(for: recipient.key)?.event == "rejected")
        }
    }

    @Test func `an answer that never ends counts by its status`() async throws {
        let scene = try Scene { _, _ in
            .stuck("HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\nx", sent: {})
        }
        var context = scene.context()
        context.timeSource.timeLimit = { _ in }
        try await scene.desk.ledger.prepareMessages(for: context.recipients.map(\.key))
        try await scene.desk.record("site/a", rejected: "The face left is missing.")
        var making = try await MessageMaking(context)
        _ = try await making.turn()
        scene.desk.clock.advance(by: .seconds(10))
        _ = try await making.turn()
        _ = try await send(context)
        #expect(scene.server.requests.count == 1)
        #expect(try await scene.desk.ledger.nextMessage(for: context.recipients[0].key) == nil)
    }
}
