import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(15)))
struct DeliveryJourneyTests {
    @Test func `run --sandbox delivers each station once, and reports it beside each folder`() async throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("inbox")
        let maker = StationMaker()
        try maker.write(to: folder.path("inbox"), named: "site-a/one", .init(seed: 1))
        try maker.write(to: folder.path("inbox"), named: "site-a/two", .init(seed: 2, fileExtension: "png"))
        try maker.write(to: folder.path("inbox"), named: "three", .init(seed: 3, naming: .letters, siteID: "site-b"))
        func run() async throws -> Finished {
            let child = try Drop360.start(
                ["run", "--sandbox", "--until-idle", "--inbox", "inbox", "--state", "state"],
                in: folder.path,
                log: folder.path("daemon")
            )
            let exit = try await child.ended()
            return Finished(
                exit: exit,
                output: child.output,
                errors: child.errors,
                everythingPrinted: child.everythingPrinted
            )
        }
        let first = try await run()
        #expect(first.exit == .code(0), "\(first.errors)")
        #expect(
            try folder.names(in: "inbox") == ["site-a", "three", "three.UPLOADED.txt"]
                && folder.names(in: "inbox/site-a") == ["one", "one.UPLOADED.txt", "two", "two.UPLOADED.txt"]
        )
        let report = String(decoding: try folder.read("inbox/three.UPLOADED.txt"), as: UTF8.self)
        #expect(report.contains("Image: site-b/three/20260501T100000Z"))
        let delivered = try await contents(of: folder)
        delivered.expectWhole(images: 3, collections: 2)

        let second = try await run()
        #expect(second.exit == .code(0), "\(second.errors)")
        #expect(try await contents(of: folder) == delivered)
    }

    /// What the embedded sandbox kept, seen by one started afterwards.
    private func contents(of folder: TemporaryFolder) async throws -> Contents {
        try await SandboxProcess.start(in: folder, data: folder.path("state/sandbox")).contents()
    }

    @Test func `a second run sends nothing`() async throws {
        let site = try await Site()
        for number in 1...3 { try site.drop("north/station-\(number)", .init(seed: number, siteID: "north")) }
        try await site.deliverAll()
        let delivered = try await site.sandbox.contents()
        delivered.expectWhole(images: 3)
        let last = try #require(try await site.sandbox.requests().last).number
        try await site.deliverAll()
        let again = try await site.sandbox.requests(since: last)
        #expect(again.filter(\.writes).isEmpty)
        #expect(try await site.sandbox.contents() == delivered)

        // And beside something new, only that is sent.
        try site.drop("north/station-4", .init(seed: 4, siteID: "north"))
        try await site.deliverAll()
        let new = try await site.sandbox.requests(since: last).filter { $0.path == "/files" }
        #expect(new.count == 6)
        #expect(new.allSatisfy { $0.body["externalId"].text?.hasPrefix("north/station-4/") ?? false })
        try await site.sandbox.contents().expectWhole(images: 4)
    }

    static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared/samples").standardizedFileURL.path

    @Test(.enabled(if: FileManager.default.fileExists(atPath: samples)))
    func `the sample stations are delivered`() async throws {
        let site = try await Site()
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.samples).sorted() where !name.contains(".")
        {
            try site.folder.makeFolder("inbox/\(name)")
            for file in try FileManager.default.contentsOfDirectory(atPath: Self.samples + "/" + name) {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(Self.samples)/\(name)/\(file)"))
                try site.folder.write(bytes, to: "inbox/\(name)/\(file)")
            }
        }
        let check = try await site.run("check", site.inbox, "--json", "--config", site.configuration)
        #expect(check.exit == .code(0), "\(check.output)")
        #expect(try check.facts()["stations"].list.count == 4)
        try await site.deliverAll()
        let contents = try await site.sandbox.contents()
        contents.expectWhole(images: 4, collections: 2)
        #expect(contents.files.count == 24)
        #expect(
            contents.nodeIDs.isSuperset(of: [
                "demo-site-a", "demo-site-b", "demo-site-b/bridge-0001", "demo-site-a/church-0001/20260501T093000Z",
                "demo-site-a/creek-0001/20260502T081530.250Z",
            ])
        )
        #expect(try site.folder.names(in: "inbox").filter { $0.hasSuffix(".UPLOADED.txt") }.count == 4)
    }
}
