import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import CDF
@testable import Delivery

/// What the configuration says about every file, as CDF has it in the end.
struct FileSettingsDeliveryTests {
    private struct Made: Decodable, Sendable {
        struct Item: Decodable, Sendable { var id: Int64? }
        var items: [Item]
    }

    private struct Found: Decodable, Sendable { var items: [StoredEntry] }

    /// The station's files as CDF shows them.
    private static func files(_ session: Turn) async throws -> [StoredEntry] {
        let item = try #require(try await session.depot.ledger.items().first)
        let names = try await session.depot.ledger.files(of: item.id).map(\.externalID)
        struct Query: Encodable, Sendable { var items: [FileReference] }
        let query = Query(items: names.map(FileReference.externalID))
        let found: Found = try await session.context.client.post(
            JSONRequest("/files/byids", query, asked: "the files", .idempotent)
        )
        return found.items
    }

    /// Makes a label and a security category.
    private static func prepare(_ session: Turn) async throws -> FileSettings {
        let client = session.context.client
        let label = ["items": [["externalId": "panorama", "name": "Panorama"]]]
        _ = try await client.post(JSONRequest("/labels", label, asked: "a label", .once), as: Made.self)
        let category = ["items": [["name": "Restricted"]]]
        let made: Made = try await client.post(
            JSONRequest("/securitycategories", category, asked: "a category", .once)
        )
        var settings = FileSettings()
        settings.labels = ["panorama"]
        settings.securityCategories = [try #require(made.items.first?.id)]
        settings.source = "rig 4"
        settings.directory = "/plant"
        return settings
    }

    @Test func `all files get what is configured, and a correction brings along what was configured since`()
        async throws
    {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(seed: 1))
            let settings = try await depot.session { session async throws in
                try await session.deliver()
                let plain = try await Self.files(session)
                #expect(
                    plain.count == 6 && plain.allSatisfy { $0.source == "drop360" && $0.directory == "/360/site-a" }
                )
                return try await Self.prepare(session)
            }
            try await depot.accept("site/st", .init(seed: 2))
            let before = try await depot.lastRequest()
            try await depot.session(files: settings) { session async throws in
                try await session.deliver()
                let files = try await Self.files(session)
                #expect(files.count == 6)
                #expect(files.allSatisfy { $0.source == "rig 4" && $0.directory == "/plant/site-a" })
                #expect(files.allSatisfy { $0.labels == [.init(externalId: "panorama")] })
                #expect(files.allSatisfy { $0.securityCategories == settings.securityCategories })
            }
            #expect(try await depot.lines(since: before).count { $0 == "POST /files/update" } == 6)
            // With nothing to bring along, a correction takes no more requests than it always did.
            try await depot.accept("site/st", .init(seed: 3))
            let then = try await depot.lastRequest()
            try await depot.session(files: settings) { try await $0.deliver() }
            #expect(try await depot.lines(since: then).count { $0 == "POST /files/update" } == 0)
            #expect(try await depot.states() == [.registered])
        }
    }

    @Test func `an update that fails is made up for with the next try`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st", .init(seed: 1))
            try await depot.session { try await $0.deliver() }
            try await depot.control.setFaults(
                #"{"match": {"path": "/files/update"}, "times": 9, "then": {"kind": "status", "status": 503}}"#
            )
            try await depot.accept("site/st", .init(seed: 2))
            var settings = FileSettings()
            settings.source = "rig 5"
            try await depot.session(files: settings) { session async throws in
                try await session.deliver()
                #expect(try await Self.files(session).allSatisfy { $0.source == "rig 5" })
            }
            #expect(try await depot.states() == [.registered])
        }
    }

    @Test func `a label that is missing pauses everything by its name, also one that vanishes later`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st")
            var settings = FileSettings()
            settings.labels = ["panorama"]
            try await depot.session(files: settings) { session async throws in
                await session.context.link.probe()
                #expect(session.context.link.state.needsOperator)
                #expect(depot.errors.first?.contains("lacks label 'panorama'") == true)
                _ = try await Self.prepare(session)
                await session.context.link.probe()
                let gone = ["items": [["externalId": "panorama"]]]
                _ = try await session.context.client.post(
                    JSONRequest("/labels/delete", gone, asked: "the label", .once),
                    as: Nothing.self
                )
                try await session.uploads.drain()
                #expect(session.context.link.state.needsOperator)
                #expect(try await depot.states() != [.failed])
            }
        }
    }

    @Test func `nodes of files get the directory; the log says what they have no place for`() async throws {
        try await Depot.run { depot async throws in
            try await depot.accept("site/st")
            var settings = FileSettings()
            settings.labels = ["nowhere"]
            settings.directory = "/plant"
            try await depot.session(model: .core(space: "sandbox"), files: settings) { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            #expect(text.contains("/plant/site-a") && !text.contains("/360/site-a"))
            #expect(depot.everythingLogged.contains("no place for `cognite.files.labels`"))
        }
    }
}
