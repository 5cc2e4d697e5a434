import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// JSON files that scanners leave beside the images.
struct VendorFileTests {
    private func report(_ files: [String: String], list: String? = "folder,x,y,z,heading\nstation,1,2,3,0\n")
        async throws
        -> InspectionReport
    {
        let bench = try PoseBench("site-a/station")
        for (name, text) in files { try bench.inbox.write(text, to: "site-a/station/" + name) }
        if let list { try bench.inbox.write(list, to: "site-a/poses.csv") }
        return try await bench.inspect("site-a/station")
    }

    @Test(arguments: [
        ["camera.json": #"{"make": "Ricoh", "label": "x", "metadata": {"iso": 100}}"#],
        ["calibration.json": "[1, 2, 3]"],
        ["a.json": "{}", "b.json": #"{"exposure": 0.1}"#],
    ])
    func `a JSON file without a pose yields to the list's row, and is mentioned`(files: [String: String])
        async throws
    {
        let report = try await report(files)
        #expect(report.pose?.translation.x == 1, "\(report.words)")
        #expect(report.notes.contains { $0.code == "file-unused" })
    }

    @Test(arguments: ["info.json.bak", "camera.json.txt", "scan.json_", "meta.jsn"])
    func `a JSON file with a wrong extension yields to the list's row, unless it has a sidecar's name`(name: String)
        async throws
    {
        #expect(try await report([name: "{}"]).pose?.translation.x == 1)
        let meant = try await report([name: "{}", "pose.json.txt": "{}"])
        #expect(meant.pose == nil && meant.words.contains("rename it to pose.json"), "\(meant.words)")
        let alone = try await report([name: "{}"], list: nil)
        #expect(alone.words.contains("looks like the pose sidecar"), "\(alone.words)")
    }

    @Test func `a sidecar by name or by its keys wins over the list all the same`() async throws {
        let pose = #"{"translation": [5, 0, 0], "rotation": {"heading": 0}}"#
        #expect(try await report(["any.json": pose]).pose?.translation.x == 5)
        #expect(try await report(["pose.json": "{}"]).poseCodes.contains("translation-missing"))
        #expect(try await report(["any.json": #"{"site_id": "a"}"#]).poseCodes.contains("translation-missing"))
        #expect(try await report(["any.json": #"{"translation": [5, 0, 0]"#]).pose == nil)
    }

    @Test func `without a row, the message is about the file`() async throws {
        let file = ["camera.json": #"{"make": "Ricoh"}"#]
        #expect(try await report(file, list: nil).poseCodes.contains("translation-missing"))
        #expect(
            try await report(file, list: "folder,x,y,z,heading\nother,1,2,3,0\n").rejection?.contains(
                "translation-missing"
            ) == true
        )
        // What is wrong with the row is more to the point.
        #expect(
            try await report(file, list: "folder,x,y,z,heading\nstation,1,2,3,400\n").poseCodes == ["angle-implausible"]
        )
    }
}
