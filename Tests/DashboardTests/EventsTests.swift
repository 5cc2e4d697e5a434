import Foundation
import Ledger
import LocalServer
import NIOCore
import Station
import Status
import TestSupport
import Testing

@testable import Dashboard

/// What open pages receive, and what they can take from the daemon.
@Suite(.timeLimit(.minutes(15)))
struct EventsTests {
    private let feed = ChangeFeed()
    private let clock = ManualClock()

    private func serve(
        streams: Int = 4,
        patience: TimeAmount = .seconds(600),
        _ body: (Int) async throws -> Void
    ) async throws {
        let limits = ConnectionLimits(connections: 16, idle: .seconds(600), answersAreShort: true)
        var events = EventLimits(limits)
        events.streams = streams
        events.patience = patience
        events.sleep = { [clock] in try await clock.sleep(for: $0) }
        let sources = DashboardSources(status: { StatusPageTests.status() }, changes: feed)
        try await RunningPage.serve(limits: limits, events: events, sources: sources, body)
    }

    /// A connection on which a stream has begun.
    private func open(_ port: Int, headers: String = "") async throws -> RawConnection {
        let before = feed.subscriberCount
        let connection = try RawConnection(port: port)
        connection.send("GET /events HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\(headers)\r\n\r\n")
        _ = try await eventually("the stream begins") { feed.subscriberCount > before ? true : nil }
        return connection
    }

    private func healthz(_ port: Int) async throws -> String {
        try await RawConnection.ask(port: port, "GET /healthz HTTP/1.1\r\nHost: localhost:\(port)")
    }

    private func change(_ number: Int64, _ state: ItemState = .rejected([])) -> DaemonChange.Subject {
        .station(.sample("s\(number)", state, id: number))
    }

    @Test func `a page gets the numbers and states of what has changed, and the state of the link`() async throws {
        try await serve { port in
            let stream = try await open(port)
            feed.send(change(7))
            feed.send(.link(.connected))
            feed.finish()
            let text = await stream.untilEnd()
            #expect(text.lowercased().contains("content-type: text/event-stream") && text.contains("retry: 3000\n"))
            #expect(text.contains(#"data: {"stations":[{"state":"rejected","station":7}]}"#), "\(text)")
            #expect(text.contains("event: status\n") && text.contains(#"data: {"online":true}"#))
        }
    }

    @Test func `a thousand changes are a few events with the last state of each, and more of them are anything`()
        async throws
    {
        try await serve { port in
            let stream = try await open(port)
            // Waits for changes: the heartbeat is the only sleeper.
            await clock.untilAsleep()
            for round in 0..<100 {
                for number in Int64(1)...10 { feed.send(change(number, round == 99 ? .rejected([]) : .incomplete([]))) }
            }
            feed.finish()
            let text = await stream.untilEnd()
            let count = text.components(separatedBy: "event: change").count - 1
            #expect((1...3).contains(count), "\(count)")
            let last = try #require(text.components(separatedBy: "event: change").last)
            #expect(last.contains("rejected") && !last.contains("incomplete") || last.contains("anything"), "\(last)")
        }
    }

    @Test func `a gap, or more stations than an event names, means anything`() {
        var pending = PendingChanges()
        pending.note(DaemonChange(number: 3, subject: change(1)))
        pending.note(DaemonChange(number: 5, subject: change(2)))
        #expect(pending.take()?.contains(#"data: {"anything":true}"#) == true)
        #expect(pending.take() == nil)
        for number in 6...UInt64(6 + PendingChanges.limit) {
            pending.note(DaemonChange(number: number, subject: change(Int64(number))))
        }
        #expect(pending.take()?.contains(#"data: {"anything":true}"#) == true)
    }

    @Test func `who comes back after a lost stream is told that anything may have changed`() async throws {
        try await serve { port in
            let stream = try await open(port, headers: "\r\nLast-Event-ID: 17")
            feed.finish()
            #expect(await stream.untilEnd().contains(#"{"anything":true}"#))
        }
    }

    @Test func `without changes a comment shows that the line holds`() async throws {
        try await serve { port in
            let stream = try await open(port)
            await clock.untilAsleep()
            clock.advance(by: .seconds(15))
            // Sent, and now in the pause.
            await clock.untilAsleep()
            feed.finish()
            #expect(await stream.untilEnd().contains(":\n\n"))
        }
    }

    @Test func `a thousand that ask for streams get as many as there are, and the page answers all the while`()
        async throws
    {
        try await serve { port in
            var held: [RawConnection] = []
            for _ in 0..<4 { held.append(try await open(port)) }
            for _ in 0..<20 {
                let refused = try await RawConnection.ask(port: port, "GET /events HTTP/1.1\r\nHost: localhost:\(port)")
                #expect(refused.hasPrefix("HTTP/1.1 503") && refused.lowercased().contains("retry-after: 60"))
            }
            for number in 1...1000 {
                let connection = try RawConnection(port: port)
                connection.send("GET /events HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n")
                held.append(connection)
                if number.isMultiple(of: 100) {
                    // One connection of so many at once may be cut before it is heard.
                    _ = try await eventually("the page answers") {
                        try await healthz(port).hasSuffix("ok\n") ? true : nil
                    }
                }
            }
            #expect(feed.subscriberCount <= 4)
            held.removeAll()
            _ = try await eventually("their places are free again") { feed.subscriberCount == 0 ? true : nil }
            let stream = try await open(port)
            feed.finish()
            #expect(await stream.untilEnd().hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `asking for the head alone takes no place`() async throws {
        try await serve(streams: 1) { port in
            for _ in 0..<3 {
                let head = try await RawConnection.ask(port: port, "HEAD /events HTTP/1.1\r\nHost: localhost:\(port)")
                #expect(head.hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    @Test func `a stop does not wait for streams that hang`() async throws {
        var held: [RawConnection] = []
        try await serve { port in
            for _ in 0..<4 { held.append(try await open(port)) }
        }
        // `serve` has returned although none of them was closed here.
        for connection in held { #expect(await connection.untilEnd().hasPrefix("HTTP/1.1 200")) }
    }

    @Test func `one who takes nothing loses the stream, and holds up nobody`() async throws {
        try await serve(patience: .milliseconds(50)) { port in
            let slow = try await open(port)
            _ = try await eventually("it is closed") {
                for number in Int64(1)...200 { feed.send(change(number)) }
                clock.advance(by: .seconds(1))
                return feed.subscriberCount == 0 ? true : nil
            }
            #expect(try await healthz(port).hasSuffix("ok\n"))
            withExtendedLifetime(slow) {}
        }
    }
}
