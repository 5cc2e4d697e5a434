import Access
import Foundation
import Ledger
import Station
import Status
import TestSupport
import Testing

@testable import Dashboard

/// The forms of the page, used as they are meant.
@Suite(.timeLimit(.minutes(15)))
struct ActionFormTests {
    private func serve(_ source: ActionSource, _ body: (_ port: Int) async throws -> Void) async throws {
        var sources = DashboardSources(status: { StatusPageTests.status() })
        sources.actions = source
        try await RunningPage.serve(sources: sources, body)
    }

    @Test(arguments: [
        ("/pause", OperatorAction.pause, "/"), ("/resume", .resume, "/"), ("/look-again", .lookEverywhere, "/"),
        ("/retry-failed", .retryFailed, "/stations"), ("/stations/7/retry", .retry(7), "/stations/7"),
        ("/stations/7/replace", .replace(7), "/stations/7"), ("/stations/7/give-pose", .givePose(7), "/stations/7"),
        ("/stations/7/look-again", .lookAgain(7), "/stations/7"),
    ])
    func `a form does what it says, and leads back to a page of ours`(
        path: String,
        action: OperatorAction,
        place: String
    ) async throws {
        let page = ActedPage()
        try await serve(page.source) { port in
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port))
            let answer = try await ActedPage.post(
                path,
                "token=\(token)",
                port: port,
                headers: [
                    "Origin: http://127.0.0.1:\(port)", "Sec-Fetch-Site: same-origin",
                    "Referer: http://evil.example/back",
                ]
            )
            #expect(answer.hasPrefix("HTTP/1.1 303"), "\(answer.prefix(80))")
            let location = try #require(answer.firstMatch(of: /(?i)\r\nlocation: ([^\r]+)/)?.1)
            #expect(
                location.wholeMatch(of: /\/[a-z0-9\/]*\?notice=[0-9a-z]+/) != nil && location.hasPrefix(place + "?")
            )
            #expect(page.done == [action] && page.visitors == ["the page on loopback"])
        }
    }

    @Test func `what is in conflict can be decided on the overview, as explain says`() async throws {
        let conflict = ItemRecord.sample(
            "s<7>",
            .rejected([Problem("conflict", "Already delivered from s6.")]),
            id: 7
        )
        let bad = ItemRecord.sample("s8", .rejected([Problem("x", "bad")]), id: 8)
        var source = ActedPage().source
        source.choices = { $0 == 7 ? ActionChoices(conflict, standing: ["site/<s7>/image"]) : nil }
        var sources = DashboardSources(status: {
            var status = StatusPageTests.status()
            status.work = .init(needsSomebody: DaemonStatus.Need.grouped([conflict, bad], hasMore: false))
            return status
        })
        let silent = sources
        sources.actions = source
        try await RunningPage.serve(sources: sources) { port in
            let page = try ReadPage(try Self.html(try await ActedPage.get("/", port: port)))
            let forms = page.values(of: "action")
            #expect(forms.filter { $0.hasPrefix("/stations/7/") } == ["/stations/7/retry", "/stations/7/replace"])
            #expect(page.values(of: "href").contains("/stations/7/retract?image=site%2F%3Cs7%3E%2Fimage"))
            #expect(page.text.contains("drop360 replace NUMBER"))
            // What was refused for another reason has its link.
            #expect(page.values(of: "href").contains("/stations/8") && !forms.contains { $0.hasPrefix("/stations/8/") })
            #expect(Set(page.values(of: "value").filter { $0.count == 43 }).count == 1)
        }
        // Who may only look sees where to go.
        try await RunningPage.serve(sources: silent) { port in
            let page = try ReadPage(try Self.html(try await ActedPage.get("/", port: port)))
            #expect(page.values(of: "href").contains("/stations/7") && page.values(of: "action").isEmpty)
        }
    }

    private static func html(_ answer: String) throws -> String {
        String(try #require(answer.components(separatedBy: "\r\n\r\n").last))
    }

    @Test func `what came of it is said once, on the next page, as text`() async throws {
        let page = ActedPage()
        try await serve(page.source) { port in
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port))
            let answer = try await ActedPage.post("/pause", "token=\(token)", port: port)
            let location = try #require(answer.firstMatch(of: /(?i)\r\nlocation: ([^\r]+)/)?.1)
            let first = try await ActedPage.get(String(location), port: port)
            #expect(first.contains("Done &lt;b&gt;pause&lt;/b&gt;."))
            #expect(try !(await ActedPage.get(String(location), port: port)).contains("Done"))
            #expect(try !(await ActedPage.get("/?notice=%3Cscript%3E", port: port)).contains("<script>"))
        }
    }

    @Test func `an image is taken out of CDF after a page that shows what goes`() async throws {
        let page = ActedPage()
        try await serve(page.source) { port in
            let refused = try await ActedPage.get("/stations/7/retract?image=a%2Fb", port: port)
            #expect(refused.hasPrefix("HTTP/1.1 409") && refused.contains("Nothing of a/b is in CDF."))
            #expect(try await ActedPage.get("/stations/7/retract", port: port).hasPrefix("HTTP/1.1 400"))
            #expect(page.done.isEmpty)
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port))
            let path = "/stations/7/retract"
            #expect(try await ActedPage.post(path, "token=\(token)", port: port).hasPrefix("HTTP/1.1 400"))
            _ = try await ActedPage.post(path, "token=\(token)&image=a%2Fb+c", port: port)
            _ = try await ActedPage.post(path, "token=\(token)&image=%C3%A6&files=yes", port: port)
            #expect(
                page.done == [
                    .retract(7, image: "a/b c", withFiles: false), .retract(7, image: "æ", withFiles: true),
                ]
            )
        }
    }

    @Test(arguments: ["0", "-1", "x", "99999999999999999999", "7%2F..", "1e3"])
    func `a number that is not one is not found`(number: String) async throws {
        let page = ActedPage()
        try await serve(page.source) { port in
            let token = try ActedPage.token(in: try await ActedPage.get("/", port: port))
            let answer = try await ActedPage.post("/stations/\(number)/retry", "token=\(token)", port: port)
            #expect(answer.hasPrefix("HTTP/1.1 404"), "\(answer.prefix(60))")
            #expect(page.done.isEmpty)
        }
    }

    @Test func `fields are read as forms write them, and nothing else is`() {
        let names: Set<String> = ["token", "image"]
        #expect(FormFields("token=a&image=b%2Fc+d", expecting: names)?["image"] == "b/c d")
        #expect(FormFields("", expecting: names)?["token"] == nil)
        for text in ["a=1", "token=1&token=2", "token=%", "image=%FF"] {
            #expect(FormFields(text, expecting: names) == nil, "\(text)")
        }
    }
}
