import DropFolder
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// A row is for one folder.
struct PoseListRivalTests {
    private static let row = "folder,x,y,z,heading\nst-1,1,2,3,0\n"

    /// Stations without sidecars at these paths, and a list in the inbox.
    private func bench(_ list: String, _ paths: [String], at place: String = "poses.csv") throws -> PoseBench {
        let bench = try PoseBench()
        for path in paths { try bench.add(path) }
        try bench.inbox.write(list, to: place)
        return bench
    }

    /// All with one inspector, as the daemon does.
    private func inspect(
        _ bench: PoseBench,
        _ paths: [String],
        with inspector: Inspector
    ) async throws -> [InspectionReport] {
        var reports: [InspectionReport] = []
        for path in paths { reports.append(try await bench.inspect(path, with: inspector)) }
        return reports
    }

    private func withInspector(_ body: (Inspector) async throws -> Void) async throws {
        let inspector = Inspector(threads: 1)
        do { try await body(inspector) } catch {
            await inspector.shutdown()
            throw error
        }
        await inspector.shutdown()
    }

    @Test func `a row that fits two folders counts for neither, and the message says what to write`() async throws {
        let paths = ["site-a/st-1", "site-b/st-1"]
        let bench = try bench(Self.row, paths)
        try await withInspector { inspector in
            for (report, other) in zip(try await inspect(bench, paths, with: inspector), paths.reversed()) {
                #expect(report.poseCodes == ["pose-list-ambiguous"])
                #expect(report.words.contains(other) && report.words.contains("Line 2"), "\(report.words)")
            }
            // The way out.
            try bench.inbox.write(
                "folder,x,y,z,heading\nsite-a/st-1,1,2,3,0\nsite-b/st-1,4,5,6,0\n",
                to: "poses.csv"
            )
            let reports = try await inspect(bench, paths, with: inspector)
            #expect(reports.map { $0.pose?.translation.x } == [1, 4])
        }
    }

    @Test func `a second folder that comes after the first is refused, however deep it is`() async throws {
        let bench = try bench(Self.row, ["site-a/st-1"])
        try await withInspector { inspector in
            #expect(try await inspect(bench, ["site-a/st-1"], with: inspector)[0].pose != nil)
            for path in ["site-b/st-1", "site-a/level/ST-1", "st-1"] {
                try bench.add(path)
                let report = try await inspect(bench, [path], with: inspector)[0]
                #expect(report.poseCodes == ["pose-list-ambiguous"], "\(path) \(report.words)")
                #expect(report.words.contains("matches both this folder and s"), "\(path) \(report.words)")
            }
        }
    }

    @Test func `folders inside a folder that had none are found, too`() async throws {
        let bench = try bench(Self.row, ["site-a/st-1", "site-b/st-2"])
        try bench.inbox.write(Self.row + "st-2,4,5,6,0\n", to: "poses.csv")
        try await withInspector { inspector in
            let first = try await inspect(bench, ["site-a/st-1", "site-b/st-2"], with: inspector)
            #expect(first.allSatisfy { $0.pose != nil })
            try bench.add("site-b/st-2/st-1")
            #expect(
                try await inspect(bench, ["site-b/st-2/st-1"], with: inspector)[0].poseCodes == ["pose-list-ambiguous"]
            )
        }
    }

    @Test func `a folder that is not a station, has its own pose or list, or is junk is not a rival`() async throws {
        let bench = try bench(Self.row, ["site-a/st-1"])
        // A site of the same name, a folder of the crew's, a bin.
        try bench.inbox.makeFolder("st-1/deep")
        try bench.inbox.makeFolder("site-b/st-1")
        try bench.inbox.write("notes", to: "site-b/st-1/readme.txt")
        try bench.add("site-c/st-1")
        try bench.inbox.write("{}", to: "site-c/st-1/pose.json")
        try bench.add("site-d/st-1")
        try bench.inbox.write("folder,x,y,z,heading\nst-1,7,7,7,0\n", to: "site-d/poses.csv")
        try bench.add("#recycle/st-1")
        #expect(try await bench.inspect("site-a/st-1").pose?.translation.x == 1)
    }

    @Test func `a rival that disappears or gets its own pose is no longer one`() async throws {
        let paths = ["site-a/st-1", "site-b/st-1"]
        let bench = try bench(Self.row, paths)
        try await withInspector { inspector in
            #expect(try await inspect(bench, [paths[0]], with: inspector)[0].poseCodes == ["pose-list-ambiguous"])
            try bench.inbox.write(
                StationMaker.sidecar(translation: .init(x: 5, y: 0, z: 0)),
                to: "site-b/st-1/pose.json"
            )
            let reports = try await inspect(bench, paths, with: inspector)
            #expect(reports.map { $0.pose?.translation.x } == [1, 5])
        }
    }

    @Test func `a row with a path counts for the folder that it fits best`() async throws {
        let list = "folder,x,y,z,heading\nst-1,1,2,3,0\nsite-b/st-1,4,5,6,0\n"
        let paths = ["site-a/st-1", "site-b/st-1"]
        let bench = try bench(list, paths)
        try await withInspector { inspector in
            let reports = try await inspect(bench, paths, with: inspector)
            #expect(reports.map { $0.pose?.translation.x } == [1, 4])
        }
    }

    @Test func `a row with the path of another site does not count for a folder of the same name`() async throws {
        for name in ["site-b/st-1", "C:\\Scans\\site-b\\st-1"] {
            let bench = try bench("folder,x,y,z,heading\n\(name),1,2,3,0\n", ["site-a/st-1"])
            #expect(try await bench.inspect("site-a/st-1").poseCodes == ["sidecar-missing"], "\(name)")
        }
    }

    @Test func `two rows for one folder are refused, even if one of them has a path of another machine`()
        async throws
    {
        for rows in [
            "st-1,1,2,3,0\nst-1,4,5,6,0\n", "C:\\a\\st-1,1,2,3,0\nD:\\b\\st-1,4,5,6,0\n",
            "st-1.jpg,1,2,3,0\nst-1/front.jpg,4,5,6,0\n",
        ] {
            let bench = try bench("folder,x,y,z,heading\n" + rows, ["site-a/st-1"], at: "site-a/poses.csv")
            let report = try await bench.inspect("site-a/st-1")
            #expect(
                report.poseCodes == ["pose-list-ambiguous"] && report.words.contains("lines 2, 3"),
                "\(rows) \(report.words)"
            )
        }
    }

    @Test func `a picture's path that could mean two folders counts for neither`() async throws {
        let paths = ["site-a/pano-1", "site-a/batch"]
        let bench = try bench("filename,x,y,z,heading\nbatch/pano-1.jpg,1,2,3,0\n", paths, at: "site-a/poses.csv")
        try await withInspector { inspector in
            let reports = try await inspect(bench, paths, with: inspector)
            #expect(reports.map(\.poseCodes) == [["pose-list-ambiguous"], ["pose-list-ambiguous"]])
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a tree of many folders is walked once, and then only where it changed`() async throws {
        let bench = try bench("folder,x,y,z,heading\nst-1,1,2,3,0\nst-2,1,2,3,0\n", ["site-a/st-1"])
        for site in 0..<20 { for station in 0..<100 { try bench.inbox.makeFolder("site-\(site)/other-\(station)") } }
        try await withInspector { inspector in
            #expect(try await inspect(bench, ["site-a/st-1"], with: inspector)[0].pose != nil)
            try bench.add("site-7/st-2")
            #expect(try await inspect(bench, ["site-7/st-2"], with: inspector)[0].pose != nil)
            try bench.add("site-8/st-2")
            #expect(try await inspect(bench, ["site-8/st-2"], with: inspector)[0].poseCodes == ["pose-list-ambiguous"])
        }
    }
}
