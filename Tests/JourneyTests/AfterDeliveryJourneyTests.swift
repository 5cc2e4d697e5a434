import Foundation
import Glibc
import TestSupport
import Testing

extension CrashTests {
    /// Delivered stations leave the inbox of the real binary, killed or not.
    @Suite(.timeLimit(.minutes(20)))
    struct AfterDeliveryJourneyTests {
        private func site(_ after: String) async throws -> Site {
            let site = try await Site()
            try site.folder.makeFolder("done")
            try site.configure(inbox: "after: \(after)")
            return site
        }

        @Test func `a delivered station is moved, its report says where to, and dropped again it is not sent`()
            async throws
        {
            let site = try await site("keep")
            try site.configure(inbox: "after: {move: \(site.folder.path("done"))}")
            try site.drop("plant/st-1")
            try await site.deliverAll()
            #expect(!site.folder.contains("inbox/plant/st-1"))
            #expect(site.folder.contains("done/plant/st-1/front.jpg"))
            let report = try await site.report("plant/st-1", "UPLOADED")
            #expect(report.contains("drop360 has moved the folder to \(site.folder.path("done/plant/st-1"))."))
            #expect(try await site.states() == ["plant/st-1": "registered"])
            let sent = try await site.sandbox.requests().count { $0.method == "PUT" }
            try site.drop("plant/st-1")
            try await site.deliverAll()
            #expect(site.folder.contains("inbox/plant/st-1/front.jpg"))
            #expect(try await site.sandbox.requests().count { $0.method == "PUT" } == sent)
        }

        @Test func `killed at any change of a name, a station is in the one place or in the other, and whole`()
            async throws
        {
            let effects: [KillShim.Effect] = [.name, .named]
            let whole = try await site("keep")
            try whole.configure(inbox: "after: {move: \(whole.folder.path("done"))}")
            try whole.drop("plant/st-1")
            let shim = try KillShim(counted: effects).environment(for: whole)
            #expect(try await whole.startDaemon("--until-idle", environment: shim).ended() == .code(0))
            let count = try KillShim.effects(in: whole).count
            // The station's own rename, and not only that of its report.
            #expect(try KillShim.effects(in: whole).contains { $0.words == "rename st-1" })
            try await inLanes(4, Array(1...count)) { number in
                let site = try await Site()
                try site.folder.makeFolder("done")
                try site.configure(inbox: "after: {move: \(site.folder.path("done"))}")
                try site.drop("plant/st-1")
                let shim = try KillShim.kill(at: number, of: effects).environment(for: site)
                _ = try await site.startDaemon("--until-idle", environment: shim).ended()
                let places = ["inbox", "done"].filter { site.folder.contains("\($0)/plant/st-1") }
                #expect(places.count == 1, "killed at \(number): \(places)")
                #expect(try site.folder.names(in: "\(places.first ?? "inbox")/plant/st-1").count == 7, "\(number)")
                try await site.deliverAll("after a kill at \(number)")
                #expect(site.folder.contains("done/plant/st-1/front.jpg"), "\(number)")
                #expect(!site.folder.contains("inbox/plant/st-1"), "\(number)")
                try await site.sandbox.contents().expectWhole(images: 1)
            }
        }

        @Test func `a folder on another file system is refused before anything starts`() async throws {
            let site = try await site("keep")
            try site.configure(inbox: "after: {move: /dev/shm}")
            let finished = try await site.run("run", "--config", site.configuration, "--until-idle")
            #expect(finished.exit == .code(78), "\(finished.errors)")
            #expect(finished.errors.contains("another file system"))
        }
    }
}
