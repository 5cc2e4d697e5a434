import Foundation
import HTTPTypes
import LocalServer
import Status
import TestSupport
import Testing

@testable import Dashboard

/// Whom the page answers.
@Suite(.timeLimit(.minutes(15)))
struct HostTests {
    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:3600", "localhost", "localhost:3600", "LOCALHOST:1", "localhost.", "[::1]:3600",
        "127.1.2.3:80",
    ])
    func `this machine's own names are answered, whatever it listens on`(host: String) {
        for listening in ["127.0.0.1", "localhost", "::1", "0.0.0.0", "10.1.2.3", "box.plant.example"] {
            #expect(HostRule(listening: listening, machine: "box").allows(host), "\(listening)")
        }
    }

    @Test(arguments: [
        "evil", "evil.example:3600", "127.0.0.1.evil.example", "localhost.evil.example", "127.evil", "box.evil.example",
        "",
        ":3600", "[::1].evil.example", "10.9.9.9", "[2001:db8::1]:3600", "0x7f.1", "user@evil", "[local]host",
        "local[host]", "[127.0.0.1",
    ])
    func `other names are not`(host: String) {
        for listening in ["127.0.0.1", "localhost", "10.1.2.3", "box.plant.example"] {
            let rule = HostRule(listening: listening, machine: "box")
            #expect(!rule.allows(host), "\(listening)")
        }
        #expect(!HostRule(listening: "127.0.0.1").allows("evil"))
    }

    @Test func `a page that is open to the network answers under its address and the machine's name`() {
        #expect(HostRule(listening: "10.1.2.3", machine: "box").allows("10.1.2.3:3600"))
        #expect(HostRule(listening: "10.1.2.3", machine: "Box").allows("box:3600"))
        #expect(HostRule(listening: "box.plant.example").allows("BOX.plant.example.:3600"))
        for listening in ["0.0.0.0", "::", "[::]"] {
            let rule = HostRule(listening: listening, machine: "box")
            #expect(rule.allows("10.1.2.3:3600") && rule.allows("[2001:db8::1]:3600") && rule.allows("box"))
            #expect(!rule.allows("evil") && !rule.allows("10.1.2.3.evil.example"))
        }
        // Only on request: a page for this machine alone answers to no name but its own.
        #expect(!HostRule(listening: "127.0.0.1", machine: "box").allows("box"))
    }

    @Test func `a request that names two hosts is answered under neither`() async throws {
        try await RunningPage.serve() { port in
            let own = "Host: localhost:\(port)"
            for head in [
                "GET / HTTP/1.1\r\n\(own)\r\nHost: evil.example", "GET / HTTP/1.1\r\nHost: evil.example\r\n\(own)",
                "GET / HTTP/1.1\r\n\(own)\r\n\(own)", "GET http://localhost:\(port)/ HTTP/1.1\r\nHost: evil.example",
            ] {
                let answer = try await RawConnection.ask(port: port, head)
                #expect(
                    answer.hasPrefix("HTTP/1.1 4") && !answer.contains("registered"),
                    "\(head): \(answer.prefix(60))"
                )
            }
            let absolute = "GET http://localhost:\(port)/healthz HTTP/1.1\r\n\(own)"
            #expect(try await RawConnection.ask(port: port, absolute).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(arguments: ["/", "/status.json", "/healthz", "/nothing"])
    func `a page from elsewhere that leads its name here reads nothing`(path: String) async throws {
        try await RunningPage.serve() { port in
            for host in ["evil", "evil.example:\(port)"] {
                let answer = try await RawConnection.ask(port: port, "GET \(path) HTTP/1.1\r\nHost: \(host)")
                #expect(answer.hasPrefix("HTTP/1.1 421"), "\(answer.prefix(60))")
                #expect(!answer.contains("registered") && !answer.contains("evil"))
            }
            let own = try await RawConnection.ask(port: port, "GET \(path) HTTP/1.1\r\nHost: localhost:\(port)")
            #expect(own.hasPrefix(path == "/nothing" ? "HTTP/1.1 404" : "HTTP/1.1 200"))
        }
    }

    private func change(_ headers: [(String, String)], authority: String? = "127.0.0.1:8360") -> Bool {
        var head = HTTPRequest(method: .post, scheme: "http", authority: authority, path: "/sandbox/faults")
        for (name, value) in headers { if let name = HTTPField.Name(name) { head.headerFields[name] = value } }
        return HostRule(listening: "127.0.0.1").allowsChange(head)
    }

    @Test func `a page from elsewhere changes nothing, and tools do`() {
        let json = ("content-type", "application/json")
        #expect(change([json]) && change([]))
        #expect(change([json, ("origin", "http://127.0.0.1:8360"), ("sec-fetch-site", "same-origin")]))
        // curl's and urllib's own type.
        #expect(change([("content-type", "application/x-www-form-urlencoded")]))
        for origin in [
            "http://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1:8360", "http://localhost:8360",
        ] {
            #expect(!change([json, ("origin", origin)]), "\(origin)")
            #expect(!change([("content-type", "text/plain"), ("origin", origin)]), "\(origin)")
        }
        for site in ["cross-site", "same-site"] { #expect(!change([json, ("sec-fetch-site", site)])) }
        #expect(!change([("content-type", "text/plain;charset=UTF-8")]))
        #expect(!change([("content-type", "multipart/form-data; boundary=x")]))
    }

    @Test func `health is served as one line`() async throws {
        let sources = DashboardSources(status: { StatusPageTests.status(online: false, offlineReason: "No route.") })
        try await RunningPage.serve(sources: sources) { port in
            let answer = try await RawConnection.ask(port: port, "GET /healthz HTTP/1.1\r\nHost: localhost")
            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("\r\n\r\ndegraded: offline since"), "\(answer)")
        }
    }
}
