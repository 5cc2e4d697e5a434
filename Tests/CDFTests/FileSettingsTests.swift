import Foundation
import Sandbox
import Station
import TestSupport
import Testing

@testable import CDF

/// What an operator decides about every file, on its way to CDF.
struct FileSettingsTests {
    private static var settings: FileSettings {
        var settings = FileSettings()
        settings.labels = ["panorama"]
        settings.securityCategories = [7]
        settings.source = "rig 4"
        settings.directory = "/plant/360"
        return settings
    }

    private static let entry = FileEntry(
        externalId: "f",
        name: "f.jpg",
        mimeType: "image/jpeg",
        directory: nil,
        dataSetId: nil,
        sourceCreatedTime: 5,
        metadata: [:]
    )

    private static func placed(_ settings: FileSettings = settings) throws -> FileEntry {
        guard case .entry(let entry) = FileDescription.entry(entry).placed(by: settings, site: "north/1") else {
            throw NoEntry()
        }
        return entry
    }

    private struct NoEntry: Error {}

    @Test func `an entry gets all of it, and the site a directory of its own`() throws {
        let entry = try Self.placed()
        #expect(entry.directory == "/plant/360/north_1" && entry.source == "rig 4")
        #expect(entry.labels == [.init(externalId: "panorama")] && entry.securityCategories == [7])
    }

    @Test func `without settings nothing is sent that was not sent before`() throws {
        let text = String(decoding: try JSONEncoder().encode(try Self.placed(.init())), as: UTF8.self)
        #expect(!text.contains("labels") && !text.contains("securityCategories"))
        #expect(try Self.placed(.init()).directory == "/360/north_1" && Self.placed(.init()).source == "drop360")
    }

    @Test func `the longest directory that is accepted stays within CDF's limit`() {
        let base = "/" + String(repeating: "d", count: 99)
        let site = String(repeating: "s", count: 600)
        #expect(FileEntry.directory(ofSite: site, in: base).utf16.count <= 512)
        #expect(FileEntry.directory(ofSite: "a", in: "/") == "/a")
    }

    @Test func `a node gets the directory only`() async throws {
        let face = try await FaceBench()
        let file = CoreModel(space: "s").file(.front, face.image, of: face.station.capture, dataSetID: nil)
        let node = try #require(file.placed(by: Self.settings, site: "north").node)
        #expect(node.sources.first?.properties["directory"] == .string("/plant/360/north"))
        #expect(node.sources.first?.properties.keys.sorted() == file.node?.sources.first?.properties.keys.sorted())
    }

    @Test func `a new file needs no update, whatever the answer leaves out`() throws {
        let stored = StoredEntry(id: 1, uploaded: false, createdTime: 9, lastUpdatedTime: 9)
        #expect(stored.correction(to: try Self.placed()) == nil)
        #expect(StoredEntry(id: 1).correction(to: try Self.placed()) == nil)
    }

    @Test func `a file that was there gets what differs, and keeps the labels of others`() throws {
        var stored = StoredEntry(id: 1, uploaded: true, directory: "/old", source: "rig 4", sourceCreatedTime: 5)
        stored.labels = [.init(externalId: "theirs")]
        stored.securityCategories = [7, 8]
        let update = try #require(stored.correction(to: try Self.placed()))
        #expect(update.directory?.set == "/plant/360/north_1" && update.labels?.add == [.init(externalId: "panorama")])
        #expect(update.source == nil && update.securityCategories == nil && update.sourceCreatedTime == nil)
        stored.directory = "/plant/360/north_1"
        stored.labels?.append(.init(externalId: "panorama"))
        #expect(stored.correction(to: try Self.placed()) == nil)
    }

    @Test(arguments: [false, true])
    func `a correction changes directory and source too, with one update`(inParts: Bool) async throws {
        let face = try await FaceBench()
        try await Bench.sandbox { bench async throws in
            _ = try await face.upload(bench)
            var later = FileSettings()
            later.source = "rig 5"
            later.directory = "/elsewhere"
            for _ in 1...2 {
                let description = face.description.placed(by: later, site: "north")
                if inParts {
                    _ = try await bench.client.beginParts(description, count: 1)
                } else {
                    _ = try await bench.client.createFile(description)
                }
            }
            let lines = try await bench.control.requests().map(\.line)
            #expect(lines.count { $0 == "POST /files/update" } == 1)
            let text = String(decoding: try await bench.control.contents(), as: UTF8.self)
            #expect(text.contains("/elsewhere/north") && text.contains("rig 5") && !text.contains("/360/"))
        }
    }

    @Test func `labels that the project lacks are named`() async throws {
        try await Bench.sandbox { bench async throws in
            #expect(try await bench.client.missingLabels([]) == [])
            #expect(try await bench.client.missingLabels(["b", "a"]) == ["b", "a"])
            let lines = try await bench.control.requests().map(\.line)
            #expect(lines.filter { $0.hasPrefix("POST /labels") } == ["POST /labels/byids"])
        }
    }
}
