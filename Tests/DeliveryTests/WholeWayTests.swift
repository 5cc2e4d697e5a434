import CDF
import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Delivery
@testable import Sandbox

struct WholeWayTests {
    private static let start = ["POST /oauth2/token", "POST /models/views/byids", "POST /models/spaces/byids"]

    @Test func `one station takes fifteen requests after those of the start`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            try await depot.session { session async throws in
                await session.context.link.probe()
                let started = try await depot.lastRequest()
                #expect(try await depot.lines() == Self.start)
                try await session.deliver()
                let lines = try await depot.lines(since: started)
                #expect(lines.count == 15)
                #expect(lines.prefix(12).filter { $0 == "POST /files" }.count == 6)
                #expect(lines.prefix(12).filter { $0 == "PUT /upload" }.count == 6)
                #expect(lines.suffix(3) == ["POST /files/byids", "POST /models/instances", "POST /models/instances"])
                let last = try await depot.control.requests().suffix(2)
                #expect(last.map(\.views) == [["Image360Collection", "Station360"], ["Image360"]])
            }
            let record = try await depot.ledger.item(id)
            #expect(record.state.name == .registered)
            #expect(record.registeredAt != nil)
            #expect(try await depot.ledger.files(of: id).map(\.state) == Array(repeating: .confirmed, count: 6))
            let history = try await depot.ledger.history(of: id).map(\.event)
            #expect(history == ["seen", "accepted", "upload-started", "uploaded", "registered"])
            #expect(
                await depot.server.describeContents()
                    == SandboxContents.holding(images: 1, stations: 1, collections: 1)
            )
        }
    }

    @Test func `ten stations share one confirmation and one registration`() async throws {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(10)
            try await depot.session { session async throws in
                await session.context.link.probe()
                let started = try await depot.lastRequest()
                try await session.deliver()
                let lines = try await depot.lines(since: started)
                #expect(lines.count == 10 * 12 + 3)
                let last = try await depot.control.requests().suffix(3)
                #expect(last.map(\.requestBody?.items?.count) == [60, 11, 10])
            }
            #expect(try await depot.states() == Array(repeating: .registered, count: 10))
            #expect(
                await depot.server.describeContents()
                    == SandboxContents.holding(images: 10, stations: 10, collections: 1)
            )
        }
    }

    @Test func `files that are confirmed late are waited for, and no image is written before all six are there`()
        async throws
    {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            // Only the last of the six files is late.
            try await depot.control.setFaults(
                #"{"match": {"path": "/upload/*"}, "nth": [6], "then": {"kind": "lateUploaded", "polls": 5}}"#
            )
            try await depot.session { session async throws in
                try await session.deliver()
                let log = try await depot.control.requests()
                let looks = log.filter { $0.line == "POST /files/byids" }.map(\.n)
                let writes = log.filter { $0.line == "POST /models/instances" }.map(\.n)
                #expect(looks.count == 6)
                #expect(writes.count == 2)
                #expect(try #require(looks.max()) < #require(writes.min()))
                #expect(log.filter { $0.line == "PUT /upload" }.count == 6, "nothing is sent again")
            }
            #expect(try await depot.ledger.item(id).attempts == 0)
            #expect(try await depot.states() == [.registered])
        }
    }

    @Test func `files that are not confirmed for too long are sent again, and only they`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            try await depot.control.setFaults(
                #"{"match": {"path": "/upload/*"}, "nth": [3], "then": {"kind": "lateUploaded", "seconds": 1000000}}"#
            )
            try await depot.session { session async throws in
                try await session.deliver(rounds: 200)
            }
            #expect(try await depot.states() == [.registered])
            #expect(try await depot.lines().filter { $0 == "PUT /upload" }.count == 7)
            #expect(try await depot.ledger.history(of: id).map(\.event).contains("files-missing"))
        }
    }

    @Test func `stations that were accepted while offline are delivered when the link is back`() async throws {
        try await Depot.run { depot async throws in
            try await depot.control.setFaults(#"{"then": {"kind": "reset"}}"#)
            let ids = try await depot.accept(2)
            try await depot.session { session async throws in
                await session.context.link.probe()
                guard case .down(let outage) = session.context.link.state else {
                    Issue.record("\(session.context.link.state)")
                    return
                }
                #expect(outage.reason.remedy == .offline)
                #expect(!session.context.link.state.needsOperator)
                try await session.uploads.drain()
                #expect(try await depot.states() == [.accepted, .accepted])
                try await depot.control.clearFaults()
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered, .registered])
            for id in ids { #expect(try await depot.ledger.history(of: id).allSatisfy { $0.event != "postponed" }) }
        }
    }

    @Test func `an outage in the middle stops all stations, and costs none of them an attempt`() async throws {
        try await Depot.run { depot async throws in
            let ids = try await depot.accept(4)
            try await depot.session { session async throws in
                await session.context.link.probe()
                try await depot.control.setFaults(#"{"match": {"path": "/upload/*"}, "then": {"kind": "garbage"}}"#)
                for _ in 0..<12 {
                    try await session.uploads.drain()
                    guard case .down(let outage) = session.context.link.state else {
                        Issue.record("\(session.context.link.state)")
                        return
                    }
                    session.advance(to: outage.nextProbe)
                    await session.context.link.probe()
                }
                for id in ids {
                    let record = try await depot.ledger.item(id)
                    #expect(record.attempts == 0)
                    #expect([.accepted, .uploading].contains(record.state.name))
                }
                try await depot.control.clearFaults()
                try await session.deliver()
            }
            #expect(try await depot.states() == Array(repeating: .registered, count: 4))
        }
    }

    @Test func `a station that alone breaks the link, time and again, does not stop the others`() async throws {
        try await Depot.run { depot async throws in
            let ids = try await depot.accept(2)
            let trouble = CDFError.unreachable(host: "h", detail: "reset")
            try await depot.session { session async throws in
                let link = session.context.link
                for time in 1...5 {
                    await link.probe()
                    guard case .ready = link.state else {
                        Issue.record("\(link.state)")
                        return
                    }
                    let isLink = link.lost(trouble, by: ids[0])
                    // While nobody else gets through it is the link, however often.
                    #expect(isLink, "time \(time)")
                }
                await link.probe()
                link.recordSuccess(of: ids[1])
                #expect(!link.lost(trouble, by: ids[0]))
                guard case .ready = link.state else {
                    Issue.record("\(link.state)")
                    return
                }
                // As soon as something of it gets through, all is forgotten.
                link.recordSuccess(of: ids[0])
                #expect(link.lost(trouble, by: ids[0]))
            }
        }
    }

    @Test func `the data set is given with every file, and a missing one pauses everything`() async throws {
        try await Depot.run { depot async throws in
            _ = try await depot.accept("site/st")
            try await depot.session(dataSet: .externalID("nowhere")) { session async throws in
                await session.context.link.probe()
                #expect(session.context.link.state.needsOperator)
                #expect(depot.errors.first?.contains("lacks data set 'nowhere'") == true)
            }
            try await depot.session(model: .image360(space: "elsewhere")) { session async throws in
                await session.context.link.probe()
                #expect(session.context.link.state.needsOperator)
                #expect(depot.errors.last?.contains("lacks space 'elsewhere'") == true)
            }
            try await depot.session(dataSet: .externalID("sandbox")) { try await $0.deliver() }
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            #expect(text.components(separatedBy: "\"dataSetId\":").count == 7)
        }
    }

    @Test func `wrong credentials pause everything with one message, and nothing is sent`() async throws {
        try await Depot.run { depot async throws in
            _ = try await depot.accept(2)
            try await depot.session(secret: "wr0ng") { session async throws in
                for _ in 0..<4 {
                    await session.context.link.probe()
                    try await session.uploads.drain()
                }
                #expect(session.context.link.state.needsOperator)
            }
            let errors = depot.errors
            #expect(errors.count == 1)
            #expect(errors.first?.contains("does not accept the client id and secret") == true)
            #expect(errors.first?.contains("Put the right client id and secret into the configuration") == true)
            #expect(!depot.everythingLogged.contains("wr0ng"))
            #expect(try await depot.states() == [.accepted, .accepted])
            #expect(try await depot.lines().allSatisfy { $0 == "POST /oauth2/token" })
        }
    }

    @Test func `a forbidden request pauses all stations, and is tried again only every five minutes`() async throws {
        try await Depot.run { depot async throws in
            let ids = try await depot.accept(3)
            try await depot.control.setFaults(
                #"{"match": {"path": "/files"}, "then": {"kind": "status", "status": 403}}"#
            )
            try await depot.session { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                #expect(session.context.link.state.needsOperator)
                guard case .down(let outage) = session.context.link.state else { return }
                #expect(outage.nextProbe.timeIntervalSince(outage.since) == 300)
                for id in ids { #expect(try await depot.ledger.item(id).attempts == 0) }
                try await depot.control.clearFaults()
                try await session.deliver()
            }
            #expect(try await depot.states() == Array(repeating: .registered, count: 3))
        }
    }
}

extension SandboxContents {
    /// A sandbox in which all is well.
    static func holding(images: Int, stations: Int, collections: Int) -> SandboxContents {
        var contents = SandboxContents()
        (contents.files, contents.uploadedFiles) = (6 * images, 6 * images)
        (contents.images, contents.stations, contents.collections) = (images, stations, collections)
        return contents
    }
}
