import Foundation
import Status
import TestSupport
import Testing

@testable import Dashboard

/// What the page answers to requests that it cannot meet.
@Suite(.timeLimit(.minutes(15)))
struct PageRoutesTests {
    private struct Broken: Error {}

    private func ask(_ request: String, port: Int, accept: String = "text/html") async throws -> String {
        try await RawConnection.ask(port: port, "\(request) HTTP/1.1\r\nHost: localhost:\(port)\r\nAccept: \(accept)")
    }

    @Test func `an address that does not exist gets a page in words, and a tool gets a line`() async throws {
        try await RunningPage.serve { port in
            let page = try await ask("GET /<script>alert(1)</script>", port: port)
            #expect(page.hasPrefix("HTTP/1.1 404") && page.contains("There is no page at this address."))
            #expect(page.contains("<nav") && !page.contains("<script>"))
            let line = try await ask("GET /nothing", port: port, accept: "*/*")
            #expect(line.hasSuffix("\r\n\r\nThere is no page at this address. Start at the overview.\n"))
        }
    }

    @Test(arguments: ["POST /", "DELETE /status.json", "PUT /style.css"])
    func `a method that an address does not take is told so, with those it takes`(request: String) async throws {
        try await RunningPage.serve { port in
            let answer = try await ask(request, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 405"), "\(answer.prefix(60))")
            #expect(answer.lowercased().contains("\r\nallow: get, head\r\n"))
        }
    }

    @Test func `a page that cannot be made says so, and nothing of the error`() async throws {
        try await RunningPage.serve(sources: DashboardSources(status: { throw Broken() })) { port in
            let answer = try await ask("GET /", port: port)
            #expect(answer.hasPrefix("HTTP/1.1 500") && answer.contains("Deliveries continue."))
            #expect(!answer.contains("Broken"))
        }
    }

    @Test func `a monitor is told by the status code that the daemon hangs`() async throws {
        let sources = DashboardSources(status: {
            var status = StatusPageTests.status()
            status.stalled = ["the inboxes have not been looked at for 6 min"]
            return status
        })
        try await RunningPage.serve(sources: sources) { port in
            let answer = try await ask("GET /healthz", port: port)
            #expect(answer.hasPrefix("HTTP/1.1 503"), "\(answer)")
            #expect(answer.contains("\r\n\r\nstuck: the inboxes have not been looked at for 6 min\n"))
            // People still see the page.
            #expect(try await ask("GET /", port: port).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(arguments: ["/", "/status.json", "/healthz", "/style.css", "/nothing"])
    func `every answer forbids frames, foreign scripts and guessing, and HEAD has the same head`(path: String)
        async throws
    {
        try await RunningPage.serve { port in
            let whole = try await ask("GET \(path)", port: port)
            let get = try #require(whole.components(separatedBy: "\r\n\r\n").first).lowercased()
            for field in ["frame-ancestors 'none'", "script-src 'self';", "x-content-type-options: nosniff"] {
                #expect(get.contains(field), "\(get)")
            }
            #expect(
                get.contains("cache-control: no-store") && get.contains("cross-origin-resource-policy: same-origin")
            )
            let head = try await ask("HEAD \(path)", port: port)
            #expect(head.prefix(12).lowercased() == get.prefix(12) && head.hasSuffix("\r\n\r\n"))
        }
    }
}
