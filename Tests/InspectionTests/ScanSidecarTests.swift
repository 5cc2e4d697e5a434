import DropFolder
import E57Writing
import Glibc
import Station
import TestSupport
import Testing

@testable import Inspection

/// `NAME.e57.json`: site, offset and metadata of the E57 file beside it.
struct ScanSidecarTests {
    private func read(_ text: String) -> ScanSidecarReader.Reading {
        ScanSidecarReader.read(Array(text.utf8), file: "hall.e57.json")
    }

    @Test func `its keys are those of a station's sidecar, however they are spelled`() {
        let reading = read(
            """
            {"siteId": "n1", "Site-Name": "North", "collectionLabel": "Hall",
             "offset": {"x": 500000.5, "y": 6600000, "z": 0}, "metadata": {"crew": "A"}}
            """
        )
        #expect(reading.problems == [] && reading.notes == [])
        #expect(
            reading.sidecar
                == ScanSidecar(
                    siteID: "n1",
                    siteName: "North",
                    collectionLabel: "Hall",
                    offset: Vector3(x: 500000.5, y: 6_600_000, z: 0),
                    metadata: ["crew": "A"]
                )
        )
        #expect(read("{\"site\": {\"id\": 7}}").sidecar.siteID == "7")
        #expect(read("{}").sidecar == ScanSidecar())
    }

    @Test(arguments: [
        ("{\"translation\": [1, 2, 3]}", "given-twice"), ("{\"Translation_X\": 1}", "given-twice"),
        ("{\"rotation\": {\"euler\": {}}}", "given-twice"), ("{\"offset\": [1, 2, 3]}", "value-invalid"),
        ("{\"offset\": {\"x\": \"1\"}}", "number-in-text"), ("{\"offset\": {\"x\": 1e9}}", "value-invalid"),
        ("{\"site_id\": \"a\\u202eb\"}", "id-invalid"), ("{\"site_id\": \"\"}", "id-invalid"),
        ("{\"site_id\": \"a\", \"siteId\": \"b\"}", "key-duplicate"), ("[]", "sidecar-shape"), ("", "sidecar-empty"),
        ("{\"site_id\": ", "sidecar-truncated"), ("{'site_id': 1}", "sidecar-syntax"),
        ("{\"metadata\": {\"a\": 1}}", "metadata-invalid"),
        (String(repeating: "[", count: 4000), "sidecar-too-deep"),
    ])
    func `what is wrong with it is said, each with its code`(text: String, code: String) {
        #expect(read(text).problems.map(\.code) == [code])
    }

    @Test func `what it cannot say is noted, and unknown keys with the nearest one`() {
        let notes = read("{\"station_id\": \"a\", \"label\": \"b\", \"site_nmae\": \"c\"}").notes
        #expect(notes.map(\.code) == ["key-unknown", "key-unknown", "key-unknown"])
        #expect(notes.contains { $0.message.contains("did you mean `site_name`") })
    }

    @Test func `a sidecar that is wrong refuses its file, and one that is a link is not followed`() throws {
        let bench = try FileBench()
        try bench.write(try FileBench.file())
        try bench.inbox.write("{\"heading\": 12}", to: "plant/hall.e57.json")
        #expect(try bench.codes(bench.report()) == ["given-twice"])
        try bench.inbox.write(String(repeating: " ", count: 1_048_577), to: "plant/hall.e57.json")
        #expect(try bench.codes(bench.report()) == ["sidecar-too-large"])
        try bench.inbox.remove("plant/hall.e57.json")
        #expect(symlink("/etc/passwd", bench.inbox.path("plant/hall.e57.json")) == 0)
        #expect(try bench.codes(bench.report()) == ["not-a-file"])
    }

    @Test func `one that is being written may still become whole`() throws {
        let bench = try FileBench()
        try bench.write(try FileBench.file())
        try bench.inbox.write("{\"site_id\": \"no", to: "plant/hall.e57.json")
        let report = try bench.report()
        #expect(bench.codes(report) == ["sidecar-truncated"] && report.mayBeUnfinished)
    }
}
