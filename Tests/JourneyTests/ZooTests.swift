import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(15)))
struct ZooTests {
    @Test func `every good station is delivered, and every bad one is refused with its reason`() async throws {
        let site = try await Site(inbox: "report-after: 1s")
        var zoo = Zoo(inbox: site.inbox)
        try zoo.addGoodOnes()
        try zoo.addBadFaces()
        try zoo.addImpostors()
        try zoo.addBadSidecars()
        try zoo.addNameThatIsNoText()

        let check = try await site.run("check", site.inbox, "--json", "--config", site.configuration)
        let words = try await site.run("check", site.inbox, "--config", site.configuration)
        #expect(check.exit == .code(1) && words.exit == .code(1))
        let checked = try check.facts()["stations"].list
        for animal in zoo.animals {
            let path = Array((site.inbox + "/" + animal.name).utf8)
            let own = checked.first { Array(($0["path"].text ?? "").utf8) == path } ?? .null
            #expect(own["verdict"].text == animal.verdict, "\(animal.name.debugDescription): \(own["problems"])")
            #expect(codes(own) == animal.codes, "\(animal.name.debugDescription): \(own["problems"])")
        }
        #expect(checked.count == zoo.animals.count)

        let delivery = try await site.deliver()
        #expect(delivery.exit == .code(1))
        let listed = try await site.run("list", "--json", "--config", site.configuration)
        let list = try listed.facts()["stations"].list
        #expect(list.count == zoo.animals.count, "\(list.compactMap { $0["path"].text })")
        for animal in zoo.animals {
            let name = Array(animal.name.utf8)
            let state = animal.verdict == "accepted" ? "registered" : animal.verdict
            let own = list.first { Array(($0["path"].text ?? "").utf8) == name } ?? .null
            #expect(own["state"].text == state, "\(animal.name.debugDescription): \(own)")
            guard let number = own["station"].int else { continue }
            let explained = try await site.explain(String(number))
            #expect(codes(explained) == animal.codes, "\(animal.name.debugDescription)")
        }
        let good = zoo.animals.count { $0.verdict == "accepted" }
        try await site.sandbox.contents().expectWhole(images: good)
        try await expectNothingOfPasswd(site)
        let list2 = try await site.run("list", "--config", site.configuration)
        let status = try await site.run("status", "--config", site.configuration)
        var explanations: [Finished] = []
        for number in 1...zoo.animals.count {
            explanations.append(try await site.run("explain", "\(number)", "--config", site.configuration))
        }
        for said in [check, words, delivery, listed, list2, status] + explanations {
            #expect(!said.everythingPrinted.contains(0x1B), "\(said.errors.prefix(300)) \(said.output.prefix(300))")
        }
        try expectReports(of: zoo, in: site)
        let last = try await site.sandbox.requests().last?.number ?? 0
        #expect(try await site.deliver().exit == .code(1))
        #expect(try await site.sandbox.requests(since: last).filter(\.writes).isEmpty)
        #expect(delivery.errors.contains("no-text-"), "nobody is told of the folder whose name is no text")
        #expect(!site.folder.contains("owned") && !site.folder.contains("inbox/owned"))
    }

    private func codes(_ facts: Facts) -> Set<String> { Set(facts["problems"].list.compactMap { $0["code"].text }) }

    /// Looks at every byte that the sandbox was given or wrote down.
    private func expectNothingOfPasswd(_ site: Site) async throws {
        let secret = Data("root:x:0:0".utf8)
        let files = FileManager.default.enumerator(atPath: site.sandbox.data)
        var looked = 0
        while let name = files?.nextObject() as? String {
            let path = URL(fileURLWithPath: site.sandbox.data + "/" + name)
            guard (try path.resourceValues(forKeys: [.isRegularFileKey])).isRegularFile == true else { continue }
            looked += 1
            #expect(try Data(contentsOf: path).range(of: secret) == nil, "\(name)")
        }
        #expect(looked > 6)
    }

    /// Each folder has its report, beside it, and none holds an escape.
    private func expectReports(of zoo: Zoo, in site: Site) throws {
        for animal in zoo.animals where animal.verdict != "incomplete" {
            let word = animal.verdict == "accepted" ? "UPLOADED" : "REJECTED"
            let name = animal.name.hasSuffix("/") ? String(animal.name.dropLast()) : animal.name
            let path = "inbox/\(name).\(word).txt"
            #expect(site.folder.contains(path), "\(path.debugDescription)")
            guard site.folder.contains(path) else { continue }
            let report = try site.folder.read(path)
            #expect(!report.contains(0x1B), "\(path.debugDescription)")
            #expect(report.starts(with: Array("drop360: \(word)\n".utf8)))
        }
    }

    @Test func `a face that the daemon cannot read is waited for`() async throws {
        // Root reads everything: there is nothing to see then.
        guard geteuid() != 0 else { return }
        let site = try await Site()
        try site.drop("station")
        let face = site.inbox + "/station/front.jpg"
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: face)
        #expect(try await site.deliver().exit == .code(1))
        #expect(try await site.states() == ["station": "incomplete"])
    }
}
