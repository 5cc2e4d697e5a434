import DropFolder
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// One list for many stations.
struct PoseListTests {
    /// A station without a sidecar at `site-a/station`, and a list.
    private func bench(_ list: String, as name: String = "poses.csv", at folder: String = "site-a/") throws
        -> StationFolder
    {
        let bench = try StationFolder(.init(sidecar: .none))
        try bench.inbox.write(list, to: folder + name)
        return bench
    }

    private func pose(_ list: String, as name: String = "poses.csv", rules: InspectionRules = StationFolder.rules)
        async throws
        -> Pose?
    {
        let report = try await bench(list, as: name).inspect(rules)
        if report.capture == nil { Issue.record("\(report.verdict)") }
        return report.capture?.pose
    }

    private func expect(
        _ pose: Pose?,
        at translation: Vector3,
        _ rotation: Rotation,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let pose else { return }
        #expect(pose.translation.distance(to: translation) < 1e-9, sourceLocation: sourceLocation)
        #expect(Rotation(pose.eulerRotation).angle(to: rotation) < 1e-9, sourceLocation: sourceLocation)
    }

    private static let half = 0.5.squareRoot()
    /// Looking along +Y, level: +X forward turned by a quarter.
    private static let north = Rotation(heading: 0, pitch: 0, roll: 0)

    @Test(arguments: [
        "folder,x,y,z,heading\nother,9,9,9,9\nstation,1,2,3,0\n",
        "\u{feff}folder;x;y;z;heading\r\nstation;1;2;3;0\r\n",
        "# made by hand\nFolder\tX\tY\tZ\tHeading\n\n\"station\"\t1\t2\t3\t0\n",
        "station_id,translationX,translation_Y,translation-z,heading,pitch,roll\nstation,1,2,3.0,0,0,0",
        "folder,x,y,z,qw,qx,qy,qz\nsite-a/other,0,0,0,1,0,0,0\nSTATION,1,2,3,0,0,0,1\n",
        "path,x,y,z,unit,heading,\nstation,1000,2000,3000,mm,0,\n",
    ])
    func `a header of sidecar keys gives one pose for each folder`(list: String) async throws {
        expect(try await pose(list), at: .init(x: 1, y: 2, z: 3), Self.north)
    }

    @Test func `a NavVis list is read by its own header or without one`() async throws {
        let header =
            "# pano poses v1.0: ID; filename; timestamp; pano_pos_x; pano_pos_y; pano_pos_z; pano_ori_w; pano_ori_x; pano_ori_y; pano_ori_z\n"
        let rows =
            "0; 00000-pano.jpg; 1464869423.5; 9; 9; 9; 1; 0; 0; 0\n1; station.jpg; 1764869423.25; 1; 2; 3; \(Self.half); 0; 0; \(Self.half)\n"
        let report = try await bench(header + rows, as: "pano-poses.csv").inspect()
        expect(report.capture?.pose, at: .init(x: 1, y: 2, z: 3), Self.north)
        #expect(report.capture?.time?.wire == "2025-12-04T17:30:23.250+00:00")
        var rules = StationFolder.rules
        rules.poses.preset = .navvis
        expect(try await pose(rows, rules: rules), at: .init(x: 1, y: 2, z: 3), Self.north)
    }

    @Test func `Leica's columns may be in any order`() async throws {
        let list = "Setup,QX,QY,QZ,QW,Z,Y,X\nstation,0,0,\(Self.half),\(Self.half),3,2,1\n"
        expect(try await pose(list), at: .init(x: 1, y: 2, z: 3), Self.north)
        var rules = StationFolder.rules
        rules.poses = PoseListRule(preset: .leica, frame: .yForward)
        let forward = "Setup,X,Y,Z,QW,QX,QY,QZ\nstation,1,2,3,1,0,0,0\n"
        expect(try await pose(forward, rules: rules), at: .init(x: 1, y: 2, z: 3), Self.north)
    }

    @Test(arguments: [
        "Scan_Name\tX\tY\tZ\tRotation_Vector(i,j,k)\tRotation_Angle\nstation\t1\t2\t3\t0\t0\t1\t90\n",
        "Scan_Name\tX\tY\tZ\tRotation_Vector(i,j,k)\tRotation_Angle\nstation\t1\t2\t3\t(0.0, 0.0, -1.0)\t-90\n",
    ])
    func `FARO's axis and angle are in degrees`(list: String) async throws {
        expect(try await pose(list), at: .init(x: 1, y: 2, z: 3), Self.north)
    }

    @Test func `FARO's pan, tilt and roll are refused, with advice`() async throws {
        let list = "Filename,X,Y,Z,Pan,Tilt,Roll,Time\nstation,1,2,3,0,0,0,1\n"
        let report = try await bench(list).inspect()
        #expect(report.rejection == ["pose-list-invalid"] && report.words.contains("export axis and angle"))
    }

    @Test func `a TUM list has the quaternion's w last, and a header or none`() async throws {
        let row = "1764869423.25 station 1 2 3 0 0 \(Self.half) \(Self.half)\n"
        for header in ["", "# timestamp name x y z qx qy qz qw\n", "timestamp name x y z qx qy qz qw\n"] {
            expect(try await pose(header + row, as: "poses.txt"), at: .init(x: 1, y: 2, z: 3), Self.north)
        }
    }

    @Test func `the nearest list counts, a sidecar wins over it, and paths tell folders of one name apart`()
        async throws
    {
        let bench = try bench("folder,x,y,z,heading\nstation,1,1,1,0\n")
        try bench.inbox.write("folder,x,y,z,heading\nsite-a/station,2,2,2,0\n", to: "poses.csv")
        #expect(try await bench.inspect().capture?.pose.translation.x == 1)
        try bench.inbox.remove("site-a/poses.csv")
        #expect(try await bench.inspect().capture?.pose.translation.x == 2)
        try bench.inbox.write("folder,x,y,z,heading\nsite-b/station,3,3,3,0\nsite-a/station,4,4,4,0\n", to: "poses.csv")
        #expect(try await bench.inspect().capture?.pose.translation.x == 4)
        try bench.inbox.write("folder,x,y,z,heading\nstation,6,6,6,0\n", to: "site-a/station/poses.csv")
        #expect(try await bench.inspect().capture?.pose.translation.x == 6)
        try bench.inbox.write(
            StationMaker.sidecar(translation: .init(x: 5, y: 0, z: 0)),
            to: "site-a/station/pose.json"
        )
        #expect(try await bench.inspect().capture?.pose.translation.x == 5)
    }

    @Test func `a station without a row waits, and the message names the list`() async throws {
        let report = try await bench("folder,x,y,z,heading\nother,1,2,3,0\n").inspect()
        #expect(report.waiting == ["sidecar-missing"])
        #expect(report.words.contains("site-a/poses.csv has no row for station"))
        let nowhere = try await StationFolder(.init(sidecar: .none)).inspect()
        #expect(
            nowhere.waiting == ["sidecar-missing"] && nowhere.words.contains("or a row for this folder to poses.csv")
        )
        #expect(try await bench("").inspect().waiting == ["pose-list-invalid"])
    }

    @Test(arguments: [
        ("folder,x,y,z,heading\nstation,1,5,2,5,3,0\n", ["pose-list-invalid"], "decimal commas"),
        ("folder;x;y;z;heading\nstation;1,5;2;3;0\n", ["number-in-text"], "decimal comma"),
        ("folder,x,y,z,heading\nstation,1,2,3,0\nstation,1,2,3,5\n", ["pose-list-ambiguous"], "lines 2, 3"),
        ("folder,x,y,z\nstation,1,2,3\n", ["rotation-missing"], "line 2"),
        (
            "folder,x,y,z,eulerRotationX,eulerRotationY,eulerRotationZ\n\nstation,1,2,3,0,0,90\n",
            ["looks-like-degrees"], "line 3"
        ),
        ("folder,x,y,z,qw,qx,qy,qz\nstation,1,2,3,1,1,0,0\n", ["quaternion-not-unit"], "line 2"),
        ("folder,x,y,z,heading,x\nstation,1,2,3,0,1\n", ["pose-list-invalid"], "two columns called x"),
        ("folder,x,y,z,heading\nstation,1,nan,3,0\n", ["number-in-text"], "line 2"),
        ("folder,x,y,z,heading\nstation,500000,6000000,3,0\n", ["translation-too-far"], "offset"),
        ("a,b,c\n1,2,3\n", ["pose-list-invalid"], "is in an unknown format"),
        ("x,y,z,heading\n1,2,3,0\n", ["pose-list-invalid"], "with the station's folder"),
    ])
    func `what is wrong is refused, with its position`(list: String, codes: [String], words: String) async throws {
        let report = try await bench(list).inspect()
        #expect(report.rejection == codes, "\(report.words)")
        #expect(report.words.contains(words), "\(report.words)")
    }

    @Test func `two lists and a list that is a link are not used`() async throws {
        let two = try bench("folder,x,y,z,heading\nstation,1,2,3,0\n")
        try two.inbox.write("x", to: "site-a/pano-poses.csv")
        #expect(try await two.inspect().rejection == ["pose-list-ambiguous"])
        let link = try StationFolder(.init(sidecar: .none))
        try link.inbox.write("folder,x,y,z,heading\nstation,1,2,3,0\n", to: "elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: link.inbox.path("site-a/poses.csv"),
            withDestinationPath: link.inbox.path("elsewhere")
        )
        #expect(try await link.inspect().waiting == ["sidecar-missing"])
    }

    @Test func `a frame that is stated is never ignored`() async throws {
        // The operator's, beside columns of our own.
        var rules = StationFolder.rules
        rules.poses.frame = .xForward
        let list = "folder,x,y,z,qw,qx,qy,qz\nstation,1,2,3,\(Self.half),0,0,\(Self.half)\n"
        expect(try await pose(list, rules: rules), at: .init(x: 1, y: 2, z: 3), Self.north)
        // The list's own, though its other columns could be a scanner's; and its unit.
        let own = "station,x,y,z,unit,frame,qw,qx,qy,qz\nstation,1000,2000,3000,mm,y-forward,1,0,0,0\n"
        expect(try await pose(own), at: .init(x: 1, y: 2, z: 3), Self.north)
        // A header in a comment wins over the usual order.
        let comment = "# timestamp name x y z qw qx qy qz\n0 station 1 2 3 \(Self.half) 0 0 \(Self.half)\n"
        expect(try await pose(comment), at: .init(x: 1, y: 2, z: 3), Self.north)
        let report = try await bench(comment).inspect()
        let note = report.notes.first { $0.code == "pose-from-list" }?.message ?? ""
        #expect(note.contains("line 2") && note.contains("read as tum") && note.contains("x-forward"), "\(note)")
    }

    @Test func `FARO's columns may be in any order`() async throws {
        let list = "Scan_Name\tY\tX\tZ\tRotation_Angle\tRotation_Vector(i,j,k)\nstation\t2\t1\t3\t90\t0\t0\t1\n"
        expect(try await pose(list), at: .init(x: 1, y: 2, z: 3), Self.north)
    }

    /// A list that is made to hurt, by what it is: its text would fill the log.
    enum Hurt: CaseIterable {
        case emptyLines, cells, quotes, comments, dots, rows

        var text: String {
            switch self {
            case .emptyLines: String(repeating: "\n", count: 8_000_000)
            case .cells: String(repeating: ";", count: 8_000_000)
            case .quotes: "a," + String(repeating: " ", count: 200_000) + "x" + String(repeating: "\"", count: 200_000)
            case .comments: String(repeating: "#\n", count: 4_000_000)
            case .dots: String(repeating: "./", count: 8_000) + "\n"
            case .rows: String(repeating: "folder,x,y\n", count: 400_000)
            }
        }
    }

    @Test(.timeLimit(.minutes(15)), arguments: Hurt.allCases)
    func `a malicious list is read or refused quickly`(list: Hurt) async throws {
        let report = try await bench(list.text).inspect()
        #expect(report.capture == nil)
    }

    @Test func `a list in a folder of numbered faces makes it a station`() async throws {
        let bench = try StationFolder(.init(sidecar: .none))
        for (number, face) in Face.allCases.enumerated() {
            try bench.inbox.move("site-a/station/\(face).jpg", to: "site-a/station/S1_CubeFace\(number + 1).jpg")
        }
        try bench.inbox.write("folder,x,y,z,heading\nstation,1,2,3,0\n", to: "site-a/poses.csv")
        #expect(try bench.snapshot().isStation)
        #expect(try await bench.inspect().rejection == ["face-names-unknown"])
        var rules = StationFolder.rules
        rules.faces = .preset(.leicaCubefaceB)
        #expect(try await bench.inspect(rules).capture != nil)
    }

    @Test func `a last line without a newline is waited for while it is recent`() async throws {
        let bench = try bench("folder,x,y,z,heading\nstation,1,2,3,0")
        var rules = StationFolder.rules
        rules.now = { Date() }
        let fresh = try await bench.inspect(rules)
        #expect(fresh.waiting == ["still-writing"])
        rules.now = { Date().addingTimeInterval(60) }
        #expect(try await bench.inspect(rules).capture != nil)
    }
}
