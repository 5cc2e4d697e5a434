import Foundation
import LocalServer
import NIOCore
import TestSupport
import Testing

@testable import Dashboard

/// What a page of another site can do in the browser of an operator: nothing.
///
/// Requests as browsers send them for such a page. The attacker knows everything about drop360 but the token.
@Suite(.timeLimit(.minutes(15)))
struct AttackerPageTests {
    private static let paths = [
        "/pause", "/resume", "/look-again", "/retry-failed", "/stations/7/retry", "/stations/7/replace",
        "/stations/7/give-pose", "/stations/7/look-again", "/stations/7/retract",
    ]

    private func serve(_ body: (ActedPage, _ port: Int) async throws -> Void) async throws {
        let page = ActedPage()
        var sources = DashboardSources(status: { StatusPageTests.status() })
        sources.actions = page.source
        try await RunningPage.serve(sources: sources) { port in try await body(page, port) }
        #expect(page.done.isEmpty)
    }

    private static func expectRefused(_ answer: String, _ what: String, _ location: SourceLocation = #_sourceLocation) {
        let status = Int(answer.dropFirst("HTTP/1.1 ".count).prefix(3)) ?? 0
        // 0: the connection was closed without an answer.
        #expect(status == 0 || (400..<500).contains(status), "\(what): \(answer.prefix(80))", sourceLocation: location)
        #expect(!answer.lowercased().contains("access-control-"), sourceLocation: location)
    }

    @Test func `forms of other sites do nothing, whatever they hold`() async throws {
        try await serve { _, port in
            // Even with a token, which a rebound page might have read: the origin is not ours.
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port))
            let foreign = [
                "http://evil.example", "https://127.0.0.1:\(port)", "http://127.0.0.1:1", "http://localhost:\(port)",
                "null", "http://127.0.0.1:\(port).evil.example", "file://",
            ]
            for path in Self.paths {
                for origin in foreign {
                    let answer = try await ActedPage.post(
                        path,
                        "token=\(token)&image=a",
                        port: port,
                        headers: ["Origin: \(origin)"]
                    )
                    Self.expectRefused(answer, "\(path) from \(origin)")
                }
                for site in ["cross-site", "same-site", "none"] {
                    let answer = try await ActedPage.post(
                        path,
                        "token=\(token)&image=a",
                        port: port,
                        headers: ["Origin: http://127.0.0.1:\(port)", "Sec-Fetch-Site: \(site)"]
                    )
                    Self.expectRefused(answer, "\(path) \(site)")
                }
            }
        }
    }

    @Test func `without this process's token nothing is done`() async throws {
        try await serve { _, port in
            let own = ["Origin: http://127.0.0.1:\(port)", "Sec-Fetch-Site: same-origin"]
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port))
            let old = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
            let bodies = [
                "", "token=", "token=\(old)", "token=\(token)x", "token=\(token.dropLast())",
                "token=\(token)&token=\(old)",
                "Token=\(token)", "token=\(token)&other=1", "token=%00\(token)", "token=\(token)&token=\(token)",
            ]
            for path in Self.paths {
                for body in bodies {
                    Self.expectRefused(
                        try await ActedPage.post(path, body, port: port, headers: own),
                        "\(path) \(body)"
                    )
                }
            }
        }
    }

    @Test func `other content types are refused, with the right token, too`() async throws {
        try await serve { _, port in
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port))
            for type in ["text/plain", "multipart/form-data; boundary=x", "application/json", "text/plain;x", nil] {
                let bodies = ["token=\(token)", "{\"token\":\"\(token)\"}", "{\"x\":\"&token=\(token)&y=\"}"]
                for body in bodies {
                    let answer = try await ActedPage.post("/pause", body, port: port, type: type)
                    Self.expectRefused(answer, "\(type ?? "none")")
                    #expect(answer.hasPrefix("HTTP/1.1 415"))
                }
            }
        }
    }

    @Test func `pictures, frames, scripts and fetches of other pages get nothing`() async throws {
        try await serve { _, port in
            let requests = [
                ("cross-site", "no-cors", "image"), ("cross-site", "navigate", "iframe"),
                ("cross-site", "no-cors", "script"), ("cross-site", "cors", "empty"), ("same-site", "cors", "empty"),
                ("cross-site", "no-cors", "style"), ("cross-site", "navigate", "object"),
            ]
            for path in ["/", "/status.json", "/events", "/healthz", "/style.css", "/stations/7/retract?image=a"] {
                for (site, mode, dest) in requests {
                    let headers = ["Sec-Fetch-Site: \(site)", "Sec-Fetch-Mode: \(mode)", "Sec-Fetch-Dest: \(dest)"]
                    let answer = try await ActedPage.get(path, port: port, headers: headers)
                    Self.expectRefused(answer, "\(path) \(dest)")
                    #expect(!answer.contains("registered"))
                }
            }
            // A person who follows a link sees the page.
            let link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
            #expect(try await ActedPage.get("/", port: port, headers: link).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `no other origin may read an answer, also where a browser sends no more than its origin`() async throws {
        try await serve { _, port in
            for path in ["/", "/status.json", "/healthz"] {
                let answer = try await ActedPage.get(path, port: port, headers: ["Origin: http://evil.example"])
                #expect(!answer.lowercased().contains("access-control-"))
                #expect(answer.lowercased().contains("cross-origin-resource-policy: same-origin"))
                #expect(answer.lowercased().contains("frame-ancestors 'none'"))
            }
            let ask = "OPTIONS /pause HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nOrigin: http://evil.example\r\n"
            let preflight = try await RawConnection.ask(
                port: port,
                ask + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type"
            )
            Self.expectRefused(preflight, "preflight")
        }
    }

    @Test func `a name that was made to point here reads no token and sends no form`() async throws {
        try await serve { _, port in
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port))
            for host in ["evil.example:\(port)", "127.0.0.1.evil.example", "evil"] {
                let origin = ["Origin: http://\(host)", "Sec-Fetch-Site: same-origin"]
                let answer = try await ActedPage.post(
                    "/pause",
                    "token=\(token)",
                    port: port,
                    host: host,
                    headers: origin
                )
                #expect(answer.hasPrefix("HTTP/1.1 421"))
                let page = try await RawConnection.ask(port: port, "GET / HTTP/1.1\r\nHost: \(host)")
                #expect(page.hasPrefix("HTTP/1.1 421") && !page.contains("token"))
            }
        }
    }

    @Test func `nothing is ever done by GET or another method`() async throws {
        try await serve { _, port in
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port))
            for path in Self.paths where path != "/stations/7/retract" {
                for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
                    let head = "\(method) \(path)?token=\(token) HTTP/1.1\r\nHost: 127.0.0.1:\(port)"
                    let answer = try await RawConnection.ask(port: port, head)
                    #expect(answer.hasPrefix("HTTP/1.1 405"), "\(method) \(path): \(answer.prefix(60))")
                    #expect(answer.lowercased().contains("\r\nallow: post\r\n"))
                }
            }
        }
    }

    @Test func `a form that is too large or malformed is refused`() async throws {
        try await serve { _, port in
            let large = try await ActedPage.post(
                "/pause",
                "token=" + String(repeating: "a", count: 100_000),
                port: port
            )
            Self.expectRefused(large, "large")
            let many = (0..<1000).map { "f\($0)=1" }.joined(separator: "&")
            Self.expectRefused(try await ActedPage.post("/pause", many, port: port), "many fields")
            for escape in ["token=%", "token=%zz", "token=%ff%fe", "%00=1", "=", "&&&=&"] {
                Self.expectRefused(try await ActedPage.post("/pause", escape, port: port), escape)
            }
        }
    }

    @Test func `a form that never becomes complete ends with its connection`() async throws {
        let page = ActedPage()
        var sources = DashboardSources(status: { StatusPageTests.status() })
        sources.actions = page.source
        let limits = ConnectionLimits(connections: 8, idle: .milliseconds(50), answersAreShort: true)
        try await RunningPage.serve(limits: limits, sources: sources) { port in
            let slow = try RawConnection(port: port)
            let type = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100"
            slow.send("POST /pause HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(type)\r\n\r\ntoken=")
            #expect(await slow.untilEnd() == "")
        }
        #expect(page.done.isEmpty)
    }
}
