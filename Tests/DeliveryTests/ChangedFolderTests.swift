import CDF
import Foundation
import Ledger
import Station
import Synchronization
import TestSupport
import Testing

@testable import Delivery
@testable import Sandbox

struct ChangedFolderTests {
    /// What can happen to a face after its station was accepted.
    enum Mishap: CaseIterable {
        case gone, otherBytes, longer, link, folderGone

        func happen(to station: String) throws {
            let face = URL(fileURLWithPath: station + "/top.jpg")
            let bytes = try Data(contentsOf: face)
            switch self {
            case .gone: try FileManager.default.removeItem(at: face)
            case .otherBytes: try (bytes.dropLast(40) + Data(repeating: 1, count: 40)).write(to: face)
            case .longer: try (bytes + [1]).write(to: face)
            case .link:
                try FileManager.default.moveItem(atPath: face.path, toPath: face.path + ".away")
                try FileManager.default.createSymbolicLink(atPath: face.path, withDestinationPath: face.path + ".away")
            case .folderGone: try FileManager.default.removeItem(atPath: station)
            }
        }
    }

    @Test(arguments: Mishap.allCases, [false, true])
    func `a station that changes before it is sent is inspected again and is never registered`(
        mishap: Mishap,
        whileSending: Bool
    ) async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            let station = depot.inbox.path("site/st")
            if !whileSending { try mishap.happen(to: station) }
            let trouble = Trouble()
            try await depot.session(
                changed: { record in
                    guard whileSending, record.state.name == .uploading, trouble.isFirst else { return }
                    trouble.note { try mishap.happen(to: station) }
                }
            ) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                try await session.registrations.drain()
                #expect(trouble.errors.isEmpty)
                #expect(depot.looks.withLock { $0 } == ["site/st"])
                let record = try await depot.ledger.item(id)
                #expect(record.state.name == .uploading)
                #expect(record.attempts == 0)
                #expect(record.notBefore.timeIntervalSince(depot.clock.date) == 10)
                #expect(await depot.server.describeContents().images == 0)
                #expect(await depot.server.describeContents().uploadedFiles < 6)

                // The inbox finds out what it is now, and the stages leave it alone.
                _ = try await depot.ledger.recordVanished(
                    ItemPath(inbox: depot.inbox.path, path: "site/st"),
                    at: depot.clock.date
                )
                depot.clock.advance(by: .seconds(60))
                let before = try await depot.lastRequest()
                try await session.uploads.drain()
                try await session.registrations.drain()
                #expect(try await depot.lines(since: before).isEmpty)
            }
            #expect(try await depot.states() == [.withdrawn])
            #expect(await depot.server.describeContents().collections == 0)
        }
    }

    @Test func `a corrected station overwrites the same files and the same image`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st", .init(seed: 1))
            try await depot.session { try await $0.deliver() }
            #expect(try await depot.accept("site/st", .init(seed: 2)) == id)
            #expect(try await depot.states() == [.accepted])
            try await depot.session { try await $0.deliver() }
            #expect(try await depot.states() == [.registered])
            #expect(await depot.server.describeContents() == .holding(images: 1, stations: 1, collections: 1))
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            for face in try await depot.ledger.files(of: id) { #expect(text.contains(face.digest.rawValue)) }
        }
    }

    @Test func `content that is replaced while it is sent is delivered as it is now`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st", .init(seed: 1))
            try await depot.control.setFaults(
                #"{"match": {"path": "/upload/*"}, "nth": [6], "then": {"kind": "reset"}}"#
            )
            try await depot.session(tries: 1) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                #expect(try await depot.states() == [.uploading])
                try await depot.accept("site/st", .init(seed: 2))
                try await session.deliver()
            }
            #expect(try await depot.ledger.item(id).state.name == .registered)
            #expect(await depot.server.describeContents() == .holding(images: 1, stations: 1, collections: 1))
            let text = String(decoding: try await depot.control.contents(), as: UTF8.self)
            for face in try await depot.ledger.files(of: id) { #expect(text.contains(face.digest.rawValue)) }
        }
    }

    @Test func `a file that cannot be read is tried again by the schedule`() async throws {
        // Whoever runs the tests as root may read everything.
        guard geteuid() != 0 else { return }
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            let face = depot.inbox.path("site/st/top.jpg")
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: face)
            try await depot.session { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                #expect(try await depot.ledger.item(id).attempts == 1)
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: face)
                try await session.deliver()
            }
            #expect(try await depot.states() == [.registered])
        }
    }

    @Test func `stations of a lost inbox are left alone, and sent when it is back`() async throws {
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            let lost = Mutex<Set<String>>([depot.inbox.path])
            try await depot.session(lostPlaces: { lost.withLock { $0 } }) { session async throws in
                await session.context.link.probe()
                try await session.uploads.drain()
                let waiting = try await depot.ledger.item(id)
                #expect(waiting.state.name == .accepted && waiting.attempts == 0)
                #expect(depot.looks.withLock { $0 }.isEmpty)
                lost.withLock { $0 = [] }
                try await session.uploads.drain()
                try await session.registrations.drain()
                #expect(try await depot.ledger.item(id).state.name == .registered)
            }
        }
    }
}
