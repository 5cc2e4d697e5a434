import CDF
import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Delivery
@testable import Sandbox

struct FaultTests {
    /// Where a fault can strike: the path, and which of its requests.
    private static let places: [(path: String, nth: Int)] =
        [("/oauth2/token", 1), ("/models/views/byids", 1), ("/models/spaces/byids", 1)]
        + [1, 6].map { ("/files", $0) } + [1, 3, 6].map { ("/upload/*", $0) }
        + [("/files/byids", 1), ("/models/instances", 1), ("/models/instances", 2)]

    /// Each fault at each place, one station after the other, at one sandbox and one ledger.
    ///
    /// Without further tries inside the requests the stages and the link have to make up for it.
    @Test(
        arguments: [
            (#""kind": "status", "status": 500"#, 1), (#""kind": "status", "status": 503, "retryAfter": 3"#, 4),
            (#""kind": "status", "status": 429, "retryAfter": 900"#, 4), (#""kind": "status", "status": 408"#, 4),
            (#""kind": "status", "status": 403"#, 1), (#""kind": "status", "status": 302"#, 1),
            (#""kind": "reset""#, 1), (#""kind": "reset", "afterBytes": 10"#, 1), (#""kind": "resetAfterBody""#, 1),
            (#""kind": "lostAnswer""#, 1), (#""kind": "lostAnswer""#, 4), (#""kind": "garbage""#, 1),
            (#""kind": "expiredURL""#, 1), (#""kind": "expiredURL""#, 4), (#""kind": "expireTokens""#, 1),
            (#""kind": "lateUploaded", "polls": 2"#, 4), (#""kind": "slow", "bytesPerSecond": 1000000"#, 4),
        ]
    )
    func `whatever goes wrong anywhere, each station ends up registered exactly once`(fault: String, tries: Int)
        async throws
    {
        try await Depot.run { depot async throws in
            for (index, place) in Self.places.enumerated() {
                let label = "\(fault) at \(place)"
                let id = try await depot.accept("site/s\(index)", .init(seed: index))
                let match = #""match": {"path": "\#(place.path)"}, "nth": [\#(place.nth)]"#
                try await depot.control.setFaults("{\(match), \"then\": {\(fault)}}")
                try await depot.session(tries: tries) { try await $0.deliver() }
                let struck = try await depot.control.requests().last { $0.fault != nil }?.fault
                #expect(struck != nil, "\(label) has struck nothing")
                let record = try await depot.ledger.item(id)
                #expect(record.state.name == .registered, "\(label)")
                #expect(
                    await depot.server.describeContents()
                        == .holding(images: index + 1, stations: index + 1, collections: 1),
                    "\(label)"
                )
                try await depot.control.clearFaults()
            }
        }
    }

    @Test(arguments: places)
    func `a request to a server that falls silent is abandoned, and tried again`(place: (path: String, nth: Int))
        async throws
    {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st")
            let match = #""match": {"path": "\#(place.path)"}, "nth": [\#(place.nth)]"#
            try await depot.control.setFaults("{\(match), \"then\": {\"kind\": \"stall\"}}")
            try await depot.session(stallTimeout: .milliseconds(400)) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
            #expect(await depot.server.describeContents() == .holding(images: 1, stations: 1, collections: 1))
        }
    }

    @Test(arguments: [1, 2, 3, 4])
    func `under random faults everything is delivered once, and never an image before its files`(seed: Int)
        async throws
    {
        try await Depot.run { depot async throws in
            let ids = try await depot.accept(8, site: { "site\($0 % 3)" })
            let kinds = [
                #""kind": "status", "status": 503"#, #""kind": "reset""#, #""kind": "lostAnswer""#,
                #""kind": "resetAfterBody""#, #""kind": "garbage""#, #""kind": "expireTokens""#,
                #""kind": "status", "status": 429"#,
            ]
            let rules = kinds.map { #"{"match": {"path": "/*"}, "probability": 0.04, "then": {\#($0)}}"# }
            let late = #"{"match": {"path": "/upload/*"}, "every": 3, "then": {"kind": "lateUploaded", "polls": 2}}"#
            // The sandbox draws by the seed of its rules; another order gives other draws.
            let turned = Array(rules[seed...] + rules[..<seed])
            try await depot.control.setFaults(([late] + turned).joined(separator: ", "))
            let patient = RetrySchedule(pauses: Array(repeating: .seconds(25), count: 100))
            try await depot.session(schedule: patient) { try await $0.deliver(rounds: 400) }
            for id in ids { #expect(try await depot.ledger.item(id).state.name == .registered) }
            #expect(await depot.server.describeContents() == .holding(images: 8, stations: 8, collections: 3))
        }
    }
}
