import E57Writing
import Foundation
import Glibc
import TestSupport
import Testing

extension CrashTests {
    /// Delivered E57 files leave the inbox of the real binary, with their sidecars, killed or not.
    @Suite(.timeLimit(.minutes(20)))
    struct ScanClearingJourneyTests {
        enum Extract: String, CaseIterable, Sendable {
            case here = "{extract: here}"
            case cdf = "{extract: cdf, model: Site A scans}"
        }

        private static let names = ["hall.e57", "hall.e57.json"]
        private static let day = 86_400

        /// A site whose inbox holds an E57 file with a sidecar, in a folder.
        private func site(_ extract: Extract, after: String) async throws -> Site {
            let site = try await Site()
            try site.folder.makeFolder("done")
            try site.configure(inbox: "after: \(after), e57: \(extract.rawValue)")
            try site.folder.makeFolder("inbox/plant")
            try site.folder.write(#"{"site_id": "site-a"}"#, to: "inbox/plant/hall.e57.json")
            switch extract {
            case .here: try site.dropScan("plant/hall.e57", ["s1", "s2"])
            case .cdf:
                let bytes = try DrawnE57(scans: [.init(guid: "{s}", name: "Setup 1")], padding: 1 << 20).bytes().bytes
                try site.folder.makeFolder("staging")
                try site.folder.write(bytes, to: "staging/hall.e57")
                try site.folder.move("staging/hall.e57", to: "inbox/plant/hall.e57")
            }
            return site
        }

        private func moving(_ extract: Extract) async throws -> Site {
            let site = try await site(extract, after: "keep")
            try site.configure(inbox: "after: {move: \(site.folder.path("done"))}, e57: \(extract.rawValue)")
            return site
        }

        private func expectMoved(_ site: Site, _ extract: Extract, _ comment: Comment) async throws {
            #expect(try site.folder.names(in: "done/plant") == Self.names, comment)
            #expect(try site.folder.names(in: "inbox/plant").filter { Self.names.contains($0) } == [], comment)
            let report = try await site.report("plant/hall.e57", "UPLOADED")
            #expect(
                report.contains("drop360 has moved the file to \(site.folder.path("done/plant/hall.e57"))."),
                comment
            )
            if extract == .here {
                #expect(report.contains("* s2: delivered, image site-a/s2/"), comment)
                try await site.sandbox.contents().expectWhole(images: 2, stations: 2)
            }
            #expect(try await site.states()["plant/hall.e57"] == "registered", comment)
        }

        @Test(arguments: Extract.allCases)
        func `an E57 file is moved with its sidecar, and dropped again it is not sent`(extract: Extract) async throws {
            let site = try await moving(extract)
            try await site.deliverAll()
            try await expectMoved(site, extract, "moved")
            let sent = try await site.sandbox.requests().count { $0.method == "PUT" }
            for name in Self.names {
                try site.folder.write(site.folder.read("done/plant/" + name), to: "inbox/plant/" + name)
            }
            try await site.deliverAll()
            #expect(site.folder.contains("inbox/plant/hall.e57"))
            #expect(try await site.sandbox.requests().count { $0.method == "PUT" } == sent)
        }

        @Test(arguments: Extract.allCases)
        func `killed at any change of a name, the file and its sidecar end up in one place`(extract: Extract)
            async throws
        {
            let effects: [KillShim.Effect] = [.name, .named]
            let whole = try await moving(extract)
            let shim = try KillShim(counted: effects).environment(for: whole)
            #expect(try await whole.startDaemon("--until-idle", environment: shim).ended() == .code(0))
            // From the first of the two renames on; before it a station's own way is the same (`KillPointTests`).
            let all = try KillShim.effects(in: whole)
            let first = try #require(all.first { $0.words.contains("hall.e57") && !$0.words.contains(".txt") }).number
            try await inLanes(3, Array(max(1, first - 2)...all.count)) { number in
                let site = try await moving(extract)
                let shim = try KillShim.kill(at: number, of: effects).environment(for: site)
                _ = try await site.startDaemon("--until-idle", environment: shim).ended()
                for name in Self.names {
                    let places = ["inbox", "done"].filter { site.folder.contains("\($0)/plant/\(name)") }
                    #expect(places.count == 1, "killed at \(number): \(name) is in \(places)")
                }
                try await site.deliverAll("after a kill at \(number)")
                try await expectMoved(site, extract, "killed at \(number)")
            }
        }

        @Test(arguments: Extract.allCases)
        func `after its time an E57 file is deleted, and its report says when`(extract: Extract) async throws {
            let site = try await site(extract, after: "{delete-after: 1h}")
            try await site.deliverAll()
            #expect(try site.folder.names(in: "inbox/plant").filter { Self.names.contains($0) } == Self.names)
            var shim = KillShim(counted: [])
            shim.clock = site.folder.path("clock")
            // Two days with one start each: while no daemon runs, at most a day of it counts.
            for days in 1...2 {
                try site.folder.write("\(days * 2 * Self.day)", to: "clock")
                let daemon = try site.startDaemon(environment: shim.environment(for: site))
                try await daemon.waitForLog("CDF is ready")
                if days == 2 {
                    _ = try await eventually("the file is deleted: \(daemon.errors.suffix(3000))") {
                        site.folder.contains("inbox/plant/hall.e57") ? nil : true
                    }
                    _ = try await eventually("a report that says so") { () async throws -> Bool? in
                        try await site.report("plant/hall.e57", "UPLOADED").contains("drop360 has deleted the file")
                            ? true : nil
                    }
                }
                try await site.stop(daemon)
            }
            #expect(try site.folder.names(in: "inbox/plant") == ["hall.e57.UPLOADED.txt"])
            #expect(try await site.states()["plant/hall.e57"] == "registered")
        }
    }
}
