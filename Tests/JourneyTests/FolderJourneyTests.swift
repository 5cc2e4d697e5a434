import Foundation
import Glibc
import Station
import TestSupport
import Testing

/// Folders as they come from crews, file servers and sync tools, with the real daemon.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct FolderJourneyTests {
    /// What a crew may do that makes no station of what it meant as one.
    enum Mishap: String, CaseIterable, Sendable {
        case loose, latin1, zip, link, backslashes

        /// What the ledger calls it, the report beside it, and the code.
        var facts: (path: String, report: String, code: String) {
            switch self {
            case .loose: ("loose files/", "loose files", "loose-files")
            case .latin1: ("site/St%E4tte/", "site/St%E4tte", "name-not-utf8")
            case .zip: ("site/st-1.zip", "site/st-1.zip", "archive")
            case .link: ("site/st-1", "site/st-1", "linked-folder")
            // The digits stand for a name with a backslash in it.
            case .backslashes: ("site\\st-1/", "", "name-backslash")
            }
        }

        func happen(in site: Site) throws {
            try StationMaker().write(to: site.folder.path, named: "elsewhere/st-1", .init(seed: 7))
            try site.folder.makeFolder("inbox/site")
            let station = site.folder.path("elsewhere/st-1")
            switch self {
            case .loose:
                for name in try site.folder.names(in: "elsewhere/st-1") {
                    try site.folder.move("elsewhere/st-1/" + name, to: "inbox/" + name)
                }
            case .latin1:
                let path = Array((site.inbox + "/site/St").utf8) + [0xE4] + Array("tte".utf8) + [0]
                try #require(rename(station, path.map { CChar(bitPattern: $0) }) == 0)
            case .zip: try site.folder.write("PK\u{3}\u{4}", to: "inbox/site/st-1.zip")
            case .link: try #require(symlink(station, site.inbox + "/site/st-1") == 0)
            case .backslashes:
                for name in try site.folder.names(in: "elsewhere/st-1") {
                    try site.folder.move("elsewhere/st-1/" + name, to: "inbox/site\\st-1\\" + name)
                }
            }
        }

        func mend(in site: Site) throws {
            switch self {
            case .loose:
                for face in Face.allCases { try site.folder.remove("inbox/\(face.rawValue).jpg") }
                try site.folder.remove("inbox/pose.json")
            case .latin1:
                let path = Array((site.inbox + "/site/St").utf8) + [0xE4] + Array("tte".utf8) + [0]
                try #require(rename(path.map { CChar(bitPattern: $0) }, site.inbox + "/site/Station") == 0)
            case .zip: try site.folder.remove("inbox/site/st-1.zip")
            case .link: try site.folder.remove("inbox/site/st-1")
            case .backslashes:
                for name in try site.folder.names(in: "inbox") where name.hasPrefix("site\\") {
                    try site.folder.remove("inbox/" + name)
                }
            }
        }
    }

    @Test(arguments: Mishap.allCases)
    func `a hindrance is reported by all commands, until it is fixed`(mishap: Mishap)
        async throws
    {
        let site = try await Site()
        try site.drop("site/good")
        try mishap.happen(in: site)
        let (path, report, code) = mishap.facts

        let check = try await site.run("check", site.inbox, "--json", "--config", site.configuration)
        #expect(check.exit == .code(1))
        let checked = try check.facts()["stations"].list.first { $0["verdict"].text != "accepted" }
        #expect(checked?["verdict"].text == "rejected")
        #expect(checked?["path"].text == site.inbox + "/" + path)
        #expect(checked?["problems"].list.map { $0["code"].text } == [code])

        #expect(try await site.deliver().exit == .code(1))
        #expect(try await site.states() == ["site/good": "registered", path: "rejected"])
        let explained = try await site.explain(site.inbox + "/" + path)
        #expect(explained["problems"] == checked?["problems"])
        #expect(try await site.run("status", "--config", site.configuration).output.contains("rejected"))
        let reports =
            FileManager.default.enumerator(atPath: site.inbox)?.compactMap { $0 as? String }
            .filter { $0.hasSuffix(".REJECTED.txt") } ?? []
        #expect(reports.count == 1)
        if !report.isEmpty { #expect(reports == [report + ".REJECTED.txt"]) }
        #expect(reports.allSatisfy { !$0.contains("\\") })
        #expect(try await site.deliver().exit == .code(1), "nothing has changed")

        try mishap.mend(in: site)
        try await site.deliverAll()
        #expect(try await site.states()[path] == "withdrawn")
        let left = FileManager.default.enumerator(atPath: site.inbox)?.compactMap { $0 as? String } ?? []
        #expect(left.allSatisfy { !$0.hasSuffix(".REJECTED.txt") })
    }

    @Test func `files in the inbox that belong to no station are ignored`() async throws {
        let site = try await Site()
        try site.drop("site/good")
        for name in ["README.txt", "plan.pdf", "plan.jpg", "poses-old.csv"] {
            try site.folder.write("x", to: "inbox/" + name)
        }
        try await site.deliverAll()
        #expect(try await site.states() == ["site/good": "registered"])
    }

    @Test func `nothing in bins and snapshots is delivered unless the configuration says so`() async throws {
        let site = try await Site(inbox: #"ignore: ["!.recycle"]"#)
        let places = [
            "@Recycle", "#recycle", ".recycle", ".zfs/snapshot", "Network Trash Folder", "@GMT-2026.05.01-10.00.00",
        ]
        for (number, place) in places.enumerated() {
            try site.drop(place + "/st-\(number)", .init(seed: number, stationID: "st-\(number)"))
        }
        try await site.deliverAll()
        #expect(try await site.states() == [".recycle/st-2": "registered"])
        let check = try await site.run("check", site.inbox, "--json", "--config", site.configuration)
        #expect(try check.facts()["stations"].list.map { $0["path"].text } == [site.inbox + "/.recycle/st-2"])
    }

    @Test func `faces below their pose get one report, and are delivered when they are moved up`() async throws {
        let site = try await Site(inbox: "report-after: 1s")
        try StationMaker().write(to: site.inbox, named: "st-1/images", .init(sidecar: .none))
        try site.folder.write(StationMaker.sidecar(), to: "inbox/st-1/pose.json")
        let daemon = try site.startDaemon()
        let text = try await site.report("st-1", "WAITING")
        #expect(
            text.contains("The faces are in the folder images, but the pose is not: move them up, next to pose.json.")
        )
        #expect(try await site.states() == ["st-1": "incomplete"])
        #expect(try site.folder.names(in: "inbox/st-1") == ["images", "pose.json"])
        for face in Face.allCases {
            try site.folder.move("inbox/st-1/images/\(face.rawValue).jpg", to: "inbox/st-1/\(face.rawValue).jpg")
        }
        _ = try await site.report("st-1", "UPLOADED")
        try await site.stop(daemon)
    }

    @Test func `faces whose pose is removed from the folder above are a station that waits`() async throws {
        let site = try await Site(inbox: "report-after: 1s")
        try StationMaker().write(to: site.inbox, named: "st-1/images", .init(sidecar: .none))
        try site.folder.write(StationMaker.sidecar(), to: "inbox/st-1/pose.json")
        let daemon = try site.startDaemon()
        _ = try await site.report("st-1", "WAITING")
        try site.folder.remove("inbox/st-1/pose.json")
        try await site.become("incomplete", "st-1/images")
        try await site.become("withdrawn", "st-1")
        try await site.stop(daemon)
    }

    @Test func `a renamed folder keeps one report, a removed report comes back, and a bad edit is reported truthfully`()
        async throws
    {
        let site = try await Site()
        try site.drop("old")
        let daemon = try site.startDaemon()
        _ = try await site.report("old", "UPLOADED")
        try site.folder.move("inbox/old", to: "inbox/new")
        _ = try await site.report("new", "UPLOADED")
        _ = try await eventually("the old report is gone") {
            site.folder.contains("inbox/old.UPLOADED.txt") ? nil : true
        }
        try site.drop("other", .init(seed: 5))
        _ = try await site.report("other", "UPLOADED")
        try site.folder.write("no picture", to: "inbox/other/front.jpg")
        let text = try await site.report("other", "REJECTED")
        #expect(text.contains("An earlier version of it is still in CDF: image site-a/other/20260501T100000Z."))
        #expect(!text.contains("Nothing of this folder"))
        try site.folder.remove("inbox/other.REJECTED.txt")
        _ = try await site.report("other", "REJECTED")
        try await site.stop(daemon)
    }

    @Test func `a folder that is named like a report is a station`() async throws {
        let site = try await Site()
        try site.drop("x.REJECTED.txt")
        try await site.deliverAll()
        #expect(site.folder.contains("inbox/x.REJECTED.txt.UPLOADED.txt"))
    }
}
