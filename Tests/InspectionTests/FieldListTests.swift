import DropFolder
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Lists as programs write them, after their documentation and after what their users ask about.
struct FieldListTests {
    /// A list, by who writes it so.
    struct List: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var file: String

        init(_ name: String, _ text: String, as file: String = "poses.csv") {
            (testDescription, bytes, self.file) = (name, Array(text.utf8), file)
        }

        init(_ name: String, bytes: [UInt8], as file: String = "poses.csv") {
            (testDescription, self.bytes, self.file) = (name, bytes, file)
        }
    }

    private static func wide(_ text: String, isBigEndian: Bool = false) -> [UInt8] {
        text.utf16.flatMap { isBigEndian ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)] }
    }

    /// The station `site-a/station` stands at (1, 2, 3) in all of them and looks along +Y.
    static let good: [List] = [
        List("Excel, German: sep line", "sep=;\r\nfolder;x;y;z;heading\r\nstation;1;2;3;0\r\n"),
        List("Excel: sep line in quotes", "\"sep=;\"\r\nfolder;x;y;z;heading\r\nstation;1;2;3;0\r\n"),
        List(
            "Excel: sep line with comma and byte order mark",
            "\u{feff}SEP=,\r\nfolder,x,y,z,heading\r\nstation,1,2,3,0\r\n"
        ),
        List("Excel: sep line with tab", "sep=\t\r\nfolder\tx\ty\tz\theading\r\nstation\t1\t2\t3\t0\r\n"),
        List("Excel: used range wider than the table", "folder,x,y,z,heading,,,\r\nstation,1,2,3,0,,,\r\n,,,,,,,\r\n"),
        List("Excel for Mac: CR alone", "folder,x,y,z,heading\rother,9,9,9,9\rstation,1,2,3,0\r"),
        List("mixed line ends", "folder,x,y,z,heading\r\nother,9,9,9,9\rmore,9,9,9,9\nstation,1,2,3,0"),
        List("mainframe and Unicode line ends", "folder,x,y,z,heading\u{85}other,9,9,9,9\u{2028}station,1,2,3,0\u{85}"),
        List(
            "Excel: Unicode text",
            bytes: [0xFF, 0xFE] + wide("Folder\tX\tY\tZ\tHeading\r\nSTATION\t1\t2\t3\t0\r\n"),
            as: "poses.txt"
        ),
        List(
            "UTF-16, big-endian",
            bytes: [0xFE, 0xFF] + wide("folder,x,y,z,heading\nstation,1,2,3,0\n", isBigEndian: true)
        ),
        List("UTF-16 without its mark", bytes: wide("folder,x,y,z,heading\nstation,1,2,3,0\n")),
        List(
            "Excel, German: Windows-1252",
            bytes: Array("Ordner;Rechtswert;Hochwert;H".utf8) + [0xF6] + Array("he;Azimut [".utf8) + [0xB0]
                + Array("]\r\nK".utf8) + [0xFC] + Array("hlturm;9;9;9;9\r\nstation;1;2;3;0\r\n".utf8)
        ),
        List(
            "a title and blank lines above the header",
            "Project Alpha;;;;\n;;;;\n\nFolder;X;Y;Z;Heading\nstation;1;2;3;0\n"
        ),
        List(
            "units in brackets, one heading over two lines",
            "Name,\"X\n[m]\",Y [m],Z (m),Heading [deg]\n\"station\",1,2,3,0\n"
        ),
        List(
            "millimetres and gon in the headings",
            "Station;X [mm];Y [mm];Z [mm];Azimuth [gon]\nstation;1000;2000;3000;400\n"
        ),
        List("units behind underscores", "name,pos_x_mm,pos_y_mm,pos_z_mm,heading_deg\nstation,1000,2000,3000,360\n"),
        List("surveyors' names", "Point Name,Station,Easting,Northing,Elevation,Bearing\nP7,station,1,2,3,0\n"),
        List("letters for the axes", "Station E N H Heading\nstation 1 2 3 0\n"),
        List("a number before the name", "n;name;x;y;z;heading\n7;station;1;2;3;0\n"),
        List("a header in a comment", "#folder;x;y;z;heading\nstation;1;2;3;0\n"),
        List("a header in a comment between blanks", "# name x y z heading\nstation 1 2 3 0\n"),
        List("columns between bars", "folder | x | y | z | heading\nstation | 1 | 2 | 3 | 0\n"),
        List(
            "invisible characters around cells",
            "folder,x,y,z,heading\n\u{200e}station\u{a0},\u{a0}1,2\u{202f},\u{feff}3,0\n"
        ),
        List("Excel's text marker", "folder,x,y,z,heading\n=\"station\",1,2,3,0\n"),
        List("exponents and plus signs", "folder,x,y,z,heading\nstation,1E+00,+2.0e0,.3e1,-0\n"),
        List("a comma in a quoted name", "folder,x,y,z,heading\n\"hall, north\",9,9,9,9\n\"station\",1,2,3,0\n"),
        List("a comma in brackets", "folder,x,y,z,heading\nhall (north, 2),9,9,9,9\nstation,1,2,3,0\n"),
        List("a line end in a quoted cell", "folder,label,x,y,z,heading\nstation,\"Pump\nhouse\",1,2,3,0\n"),
        List("a quote that nobody closes", "folder;label;x;y;z;heading\npipe;\"5 inch;9;9;9;9\nstation;Pump;1;2;3;0\n"),
        List("Windows path of a face", "filename;x;y;z;heading\nC:\\Scans\\station\\front.jpg;1;2;3;0\n"),
        List("Windows path of a folder", "folder;x;y;z;heading\nD:\\Scans\\Alpha\\station\\;1;2;3;0\n"),
        List("path on a Windows server", "folder;x;y;z;heading\n\\\\nas\\scans\\station;1;2;3;0\n"),
        List("path of a picture called like the folder", "filename;x;y;z;heading\nimages/station.jpg;1;2;3;0\n"),
        List("path of a picture in the folder", "image,x,y,z,heading\nsite-a/station/IMG_0001.jpg,1,2,3,0\n"),
        List("address of a picture", "image,x,y,z,heading\nfile:///C:/Scans/station/front.png,1,2,3,0\n"),
        List(
            "a place and an orientation that are texts",
            "Location,X,Y,Z,Heading,Orientation\nstation,1,2,3,0,landscape\n"
        ),
        List("Norwegian", "Navn;Øst;Nord;Høyde;Heading\nstation;1;2;3;0\n"),
        List("scans by their files", "filename,x,y,z,heading\nC:\\Scans\\station.fls,1,2,3,0\n"),
        List(
            "a row for each face",
            "filename,x,y,z,heading\nstation/front.jpg,1,2,3,0\nstation/back.jpg,1.0,2.0,3,0\n"
        ),
        List("id and name", "id,name,x,y,z,heading\nstation,Pump house,1,2,3,0\n"),
        List(
            "FARO SCENE, Orbit's template",
            "Scan_Name\tX_Coordinate\tY_Coordinate\tZ_Coordinate\tRotation_Vector_i\tRotation_Vector_j\tRotation_Vector_k\tRotation_AngleDegrees\tDate\tTime\nstation\t1\t2\t3\t0\t0\t1\t90\t23.1.2026\t15:08:52\n"
        ),
        List(
            "FARO between blanks",
            "Scan_Name X Y Z Rotation_Vector(i,j,k) Rotation_Angle\nstation 1 2 3 0 0 1 90\n",
            as: "poses.txt"
        ),
        List(
            "FARO between blanks, blanks in the heading",
            "Scan_Name X Y Z Rotation_Vector (i, j, k) Rotation_Angle [deg]\n\"station\" 1 2 3 (0, 0, 1) 90\n"
        ),
        List(
            "FARO between commas, axis in brackets",
            "Scan_Name,X,Y,Z,Rotation_Vector(i,j,k),Rotation_Angle\nstation,1,2,3,(0,0,1),90\n"
        ),
        List(
            "FARO, axis in one cell without brackets",
            "Scan_Name;X;Y;Z;Rotation_Vector(i,j,k);Rotation_Angle\nstation;1;2;3;0 0 1;90\n"
        ),
        List(
            "FARO, date and time without headings",
            "Scan_Name X Y Z Rotation_Vector(i,j,k) Rotation_Angle\nstation 1 2 3 0 0 1 90 26.7.2026 12:59:33\n"
        ),
        List(
            "FARO, pan and tilt beside the axis",
            "Scan_Name,X,Y,Z,Axis_X,Axis_Y,Axis_Z,Angle,Pan,Tilt\nstation,1,2,3,0,0,1,90,5,6\n"
        ),
        List(
            "FARO iQscene",
            "\"# iQscene Model Extract\"\n\"iQLib\" 8.0.5.5516\nSpheres {\n\"station\" 9 9 9 0.0725\n}\nScans {\n\"station\" 1 2 3 0 0 1 90 26.7.2026 12:59:33\n}\n",
            as: "poses.txt"
        ),
        List(
            "Cyclone: position and quaternion in a cell each",
            "Setup;Position;Orientation\nstation;Position=[1.0,2.0,3.0];0.70710678118654752+0i+0j+0.70710678118654752k\n"
        ),
        List(
            "Cyclone: quaternion with its order in the heading",
            "Setup,Position(x,y,z),Quaternion(w,x,y,z)\nstation,1,2,3,0.5,0,0,0.5\n".replacing(
                "0.5",
                with: "0.70710678118654752"
            )
        ),
        List(
            "NavVis with nanoseconds",
            "# pano poses v1.0: ID; filename; timestamp; pano_pos_x; pano_pos_y; pano_pos_z; pano_ori_w; pano_ori_x; pano_ori_y; pano_ori_z\n7; station.jpg; 1767329314715836000; 1; 2; 3; 0.70710678118654752; 0; 0; 0.70710678118654752\n",
            as: "pano-poses.csv"
        ),
        List(
            "Cintoo: quaternion with w last",
            "filename,x,y,z,qx,qy,qz,qw\nstation.e57.jpg,9,9,9,0,0,0,1\nstation.jpg,1,2,3,0,0,0.70710678118654752,0.70710678118654752\n"
        ),
        List(
            "TUM with further remarks",
            "# by SLAM\n# second run\n1767329314.7 station 1 2 3 0 0 0.70710678118654752 0.70710678118654752\n",
            as: "poses.tum"
        ),
    ]

    @Test(arguments: good)
    func `what programs write is read`(list: List) async throws {
        let bench = try PoseBench("site-a/station")
        try bench.inbox.write(list.bytes, to: "site-a/" + list.file)
        let report = try await bench.inspect("site-a/station")
        let pose = try #require(report.pose, "\(report.words)")
        #expect(pose.translation.distance(to: .init(x: 1, y: 2, z: 3)) < 1e-9)
        #expect(Rotation(pose.eulerRotation).angle(to: Rotation(heading: 0, pitch: 0, roll: 0)) < 1e-9)
    }

    @Test(arguments: [
        (
            "Filename; Time; X1; Y1; Z1; Omega[deg]; Phi[deg]; Kappa[deg]\nstation;0;1;2;3;0;0;0\n",
            "pose-list-invalid", "omega, phi and kappa"
        ),
        ("Name,X,Y,Z,Roll[deg],Pitch[deg],Yaw[deg]\nstation,1,2,3,0,0,0\n", "pose-list-invalid", "gives yaw"),
        (
            "File Time Long Lat Alt course pitch roll\nstation 0 10.1 59.1 3 0 0 0\n", "pose-list-invalid",
            "longitude and latitude"
        ),
        (
            "ID;CenterX;CenterY;CenterZ;rc11;rc12;rc13;rc21;rc22;rc23;rc31;rc32;rc33\nstation;1;2;3;1;0;0;0;1;0;0;0;1\n",
            "pose-list-invalid",
            "gives matrices"
        ),
        (
            "ID;CenterX;CenterY;CenterZ;Angle;AxisX;AxisY;AxisZ;rc11;rc12\nstation;1;2;3;0;0;0;1;1;0\n",
            "pose-list-invalid",
            "CloudCompare"
        ), ("folder,x,y,z,heading [grad]\nstation,1,2,3,0\n", "pose-list-invalid", "write deg, gon or rad"),
        ("name x y z heading\nstation 1 1 2 3 0\n", "pose-list-invalid", "put it in quotes"),
        ("name,x,y,z,q0,q1,q2,q3\nstation,1,2,3,1,0,0,0\n", "pose-list-invalid", "which one is w"),
        ("Setup,X,Y,Z,Quaternion\nstation,1,2,3,\"1 0 0 0\"\n", "pose-list-invalid", "which number is w"),
        ("1767329314.7 1 2 3 0 0 0 1\n", "pose-list-invalid", "names no folder"),
        (
            "#timestamp, p_RS_R_x [m], p_RS_R_y [m], p_RS_R_z [m], q_RS_w [], q_RS_x [], q_RS_y [], q_RS_z []\n1403636580838555648,1,2,3,1,0,0,0\n",
            "pose-list-invalid", "with the station's folder"
        ),
        ("folder;x;y;z;heading\nstation;1.234,5;2;3;0\n", "number-in-text", "write 1234.5"),
        (
            "folder;x;y;z;heading\nstation;1\u{2009}234.5;2;3;0\n", "number-in-text",
            "thousands separators: write 1234.5"
        ),
        ("folder;x;y;z;heading\nstation;1'234.5;2;3;0\n", "number-in-text", "write 1234.5"),
        ("folder,x,y,z,heading\nstation,\"1,234\",2,3,0\n", "number-in-text", "write 1.234 or 1234"),
        ("folder,x,y,z,heading\nstation,\"1,5\",2,3,0\n", "number-in-text", "write 1.5"),
        (
            "Scan_Name X Y Z Rotation_Vector(i,j,k) Rotation_Angle\nstation 1,5 2 3 0 0 1 90\n", "number-in-text",
            "decimal comma"
        ),
        ("folder,x,y,z,heading\nstation,#REF!,2,3,0\n", "value-invalid", "'#REF!' in the column x of line 2"),
        ("folder,x,y,z,heading\nstation,1e999,2,3,0\n", "not-a-number", "too large"),
        ("folder,x,y,z,heading\nstation,1,2,3,399.5\n", "angle-implausible", "gon"),
        (
            "Scan_Name X Y Z Rotation_Vector(i,j,k) Rotation_Angle\nstation 1 2 3 0 0 1 399.5\n", "angle-implausible",
            "gon"
        ),
        ("folder,x,y,z,heading\nstation,1,5,2,5,3,5,0\n", "pose-list-invalid", "decimal commas"),
        ("folder,x,y,z,easting,northing,heading\nstation,1,2,3,4,5,x\n", "value-invalid", "column heading"),
        (
            "folder,pos x,easting,y,z,heading\nstation,1,2,3,4,0\n", "pose-list-invalid",
            "two columns for the same thing"
        ),
        ("folder,X [ft],Y [m],Z [m],heading\nstation,1,2,3,0\n", "pose-list-invalid", "different units"),
        ("folder,x,y,z,heading [turns]\nstation,1,2,3,0\n", "pose-list-invalid", "write deg, gon or rad"),
    ])
    func `what cannot be read is reported for what it is`(list: String, code: String, words: String) async throws {
        let bench = try PoseBench("site-a/station")
        try bench.inbox.write(list, to: "site-a/poses.csv")
        let report = try await bench.inspect("site-a/station")
        #expect(report.poseCodes == [code], "\(report.words)")
        #expect(report.words.contains(words), "\(report.words)")
    }

    @Test(arguments: ["\u{2212}", "\u{2013}", "\u{2011}", "\u{FF0D}", "-"])
    func `all kinds of minus signs are equal`(minus: String) async throws {
        let bench = try PoseBench("site-a/station")
        try bench.inbox.write(
            "folder,x,y,z,heading\nstation,\(minus)1.5,1e\(minus)1,3,\(minus)90\n",
            to: "site-a/poses.csv"
        )
        let report = try await bench.inspect("site-a/station")
        let pose = try #require(report.pose, "\(report.words)")
        #expect(pose.translation.distance(to: .init(x: -1.5, y: 0.1, z: 3)) < 1e-9)
        #expect(Rotation(pose.eulerRotation).angle(to: Rotation(heading: -.pi / 2, pitch: 0, roll: 0)) < 1e-9)
    }

    @Test(arguments: ["#12", "# 12", "%12", "//12"])
    func `a folder whose name begins like a comment gets its row`(name: String) async throws {
        // A name cannot hold a slash; a row may.
        let folder = name.replacing("/", with: "")
        let bench = try PoseBench("site-a/" + folder)
        try bench.inbox.write(
            "folder,x,y,z,heading\n\(name),1,2,3,0\nother,9,9,9,9\n# 12 and 13 are missing\n",
            to: "site-a/poses.csv"
        )
        #expect(try await bench.inspect("site-a/" + folder).pose?.translation.x == 1)
    }

    @Test func `a row that is commented out does not count for the folder that it names`() async throws {
        let bench = try PoseBench("site-a/station")
        try bench.inbox.write("folder,x,y,z,heading\n#station,1,2,3,0\n# station,1,2,3,0\n", to: "site-a/poses.csv")
        #expect(try await bench.inspect("site-a/station").poseCodes == ["sidecar-missing"])
    }

    @Test func `a unit and a frame that a scanner's list states are not ignored`() async throws {
        let bench = try PoseBench("site-a/station")
        let list =
            "Scan_Name,X,Y,Z,unit,frame,Rotation_Vector(i,j,k),Rotation_Angle\nstation,1000,2000,3000,mm,y-forward,0,0,1,0\n"
        try bench.inbox.write(list, to: "site-a/poses.csv")
        let pose = try #require(try await bench.inspect("site-a/station").pose)
        #expect(pose.translation.distance(to: .init(x: 1, y: 2, z: 3)) < 1e-9)
        #expect(Rotation(pose.eulerRotation).angle(to: Rotation(heading: 0, pitch: 0, roll: 0)) < 1e-9)
    }

    @Test func `leading zeros that a spreadsheet dropped are allowed for`() async throws {
        let bench = try PoseBench("site-a/0012")
        try bench.inbox.write("folder,x,y,z,heading\n12,1,2,3,0\n", to: "site-a/poses.csv")
        let report = try await bench.inspect("site-a/0012")
        #expect(report.poseCodes == ["sidecar-missing"] && report.words.contains("one for 12: did a spreadsheet drop"))
    }

    @Test func `the frame of a quaternion is reported, even if it was not stated`() async throws {
        let bench = try PoseBench("site-a/station")
        try bench.inbox.write("folder,x,y,z,qw,qx,qy,qz\nstation,1,2,3,1,0,0,0\n", to: "site-a/poses.csv")
        let notes = try await bench.inspect("site-a/station").notes
        #expect(notes.contains { $0.code == "pose-from-list" && $0.message.contains("in the frame cdf") })
    }

    @Test func `the encoding of a list is reported if it is not UTF-8`() async throws {
        let bench = try PoseBench("site-a/station")
        try bench.inbox.write(
            Array("folder;x;y;z;heading\nK".utf8) + [0x9A] + Array("hlturm;1;2;3;0\n".utf8),
            to: "site-a/poses.csv"
        )
        let report = try await bench.inspect("site-a/station")
        #expect(report.poseCodes == ["sidecar-missing"] && report.words.contains("read as Windows-1252"))
        try bench.inbox.write(
            Array("folder;x;y;z;heading;label\nstation;1;2;3;0;K".utf8) + [0xFC] + Array("hlturm\n".utf8),
            to: "site-a/poses.csv"
        )
        let read = try await bench.inspect("site-a/station")
        #expect(read.pose != nil)
        #expect(read.notes.contains { $0.code == "pose-from-list" && $0.message.contains("Windows-1252") })
        try bench.inbox.write(Array("folder;x\nstation;1\u{1}".utf8) + [0xFC], to: "site-a/poses.csv")
        #expect(try await bench.inspect("site-a/station").words.contains("save it as UTF-8"))
    }
}
