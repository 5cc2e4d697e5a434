import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Messages

/// What is in a message.
struct MessageTests {
    private static let now = Date(timeIntervalSince1970: 1_777_636_800)

    @Test func `a message about a refused station is the JSON that the documentation shows`() throws {
        let trouble = StationTrouble(
            item: .init(rawValue: 7),
            folder: "/srv/in/site/st-1",
            problems: [Problem("face-missing", "The face left is missing.")]
        )
        let message = Message(
            .stations(Cause(of: trouble), [trouble.item], more: 0),
            stations: [trouble],
            count: 1,
            box: "box-7",
            at: Self.now
        )
        #expect(
            try message.encoded() == """
                {"advice":"Correct what the report beside the folder says. drop360 looks again by itself.","at":"2026-05-01T12:00:00Z",\
                "box":"box-7","count":1,"event":"rejected","stations":[{"path":"/srv/in/site/st-1","problems":[{"code":"face-missing",\
                "message":"The face left is missing."}],"state":"rejected","station":7}],\
                "summary":"/srv/in/site/st-1 was refused: The face left is missing."}
                """
        )
    }

    @Test func `a message stays small and harmless, whatever crews and CDF write`() throws {
        let long = String(repeating: "\u{1b}[31m<b>", count: 10_000)
        let troubles = (1...300).map {
            StationTrouble(
                item: .init(rawValue: $0),
                folder: "/srv/in/\($0)",
                problems: Array(repeating: Problem(long, long, file: long), count: 100)
            )
        }
        let message = Message(
            .stations(Cause(.rejected, "x"), troubles.map(\.item), more: 0),
            stations: troubles,
            count: 300,
            box: "b",
            at: Self.now
        )
        let body = try message.encoded()
        #expect(message.stations.count == Message.mostStations)
        #expect(message.count == 300)
        #expect(body.utf8.count <= Message.mostBytes)
        let sent = try JSONDecoder.ofMessages.decode(Message.self, from: Data(body.utf8))
        #expect(sent.count == 300 && !sent.stations.isEmpty)
        #expect(!body.contains("\u{1b}"))
        #expect(!body.contains("\\u001b"))
    }

    @Test func `failures are alike where only names and numbers differ`() {
        func failed(_ words: String, _ folder: String) -> Cause {
            Cause(of: StationTrouble(item: .init(rawValue: 1), folder: folder, failure: .init(summary: words)))
        }
        let first = failed("CDF refused to write image 'a/b/1': 403 (request 12ab9).", "/in/a/b")
        #expect(first == failed("CDF refused to write image 'c/d': 403 (request ff03).", "/in/c/d"))
        #expect(first != failed("CDF confirmed no file of 'c/d'.", "/in/c/d"))
        #expect(first.event == .failed)
        let conflict = StationTrouble(item: .init(rawValue: 1), folder: "/in/a", problems: [Problem("conflict", "x")])
        #expect(Cause(of: conflict).event == .conflict)
    }

    @Test(arguments: [(59.0, "0 min"), (3725, "1 h 2 min"), (90000, "1 d 1 h"), (-5, "0 min")])
    func `the length of an outage is said in two units`(seconds: Double, words: String) {
        #expect(Message.length(seconds) == words)
    }
}

extension JSONDecoder {
    fileprivate static var ofMessages: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
