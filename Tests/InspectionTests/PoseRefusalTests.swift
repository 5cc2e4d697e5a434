import Station
import TestSupport
import Testing

@testable import Inspection

struct PoseRefusalTests {
    private func read(_ members: String) -> SidecarReader.Reading {
        Reader.read(members.contains("translation") ? "{\(members)}" : "{\"translation\": [1, 2, 3], \(members)}")
    }

    private static let one = "1,0,0, 0,1,0, 0,0,1"

    @Test(arguments: [
        (#""rotation": {}"#, "rotation-missing"), (#""rotation": null"#, "rotation-missing"),
        (#""label": "x""#, "rotation-missing"),
        (#""rotation": [0, 0, 1]"#, "rotation-invalid"), (#""rotation": 90"#, "rotation-invalid"),
        (#""rotation": [1, 0, 0, 0]"#, "quaternion-unnamed"),
        (#""rotation": {"quaternion": [1, 0, 0, 0]}"#, "quaternion-unnamed"),
        (#""rotation": {"quaternion": {"w": 1, "x": 0, "y": 0}}"#, "rotation-invalid"),
        (#""rotation": {"quaternion": {"w": 1, "x": 0.1, "y": 0, "z": 0}}"#, "quaternion-not-unit"),
        (#""rotation": {"quaternion": {"w": 0, "x": 0, "y": 0, "z": 0}}"#, "quaternion-not-unit"),
        (#""rotation": {"quaternion": {"w": "1", "x": 0, "y": 0, "z": 0}}"#, "number-in-text"),
        (#""rotation": {"heading": 1, "euler": {"x": 0, "y": 0, "z": 0}}"#, "rotation-ambiguous"),
        (#""rotation": {"heading": 1}, "eulerRotationZ": 1"#, "rotation-ambiguous"),
        (#""rotation": {"pitch": 1}"#, "rotation-invalid"), (#""rotation": {"heading": "N"}"#, "value-invalid"),
        (#""rotation": {"heading": 1, "unit": "radians"}"#, "unit-unknown"),
        (#""eulerRotationX": 0, "eulerRotationZ": 1"#, "rotation-invalid"),
        (#""rotation": {"euler": {"x": 0, "y": 0}}"#, "rotation-invalid"),
        (#""rotation": {"euler": [0, 0, 0]}"#, "rotation-invalid"),
        (#""rotation": {"euler": {"x": 0, "y": 0, "z": 90}}"#, "looks-like-degrees"),
        (#""eulerRotationX": 0, "eulerRotationY": -180, "eulerRotationZ": 0"#, "looks-like-degrees"),
        (#""rotation": {"euler": {"x": 0, "y": 0, "z": 0, "unit": "gon"}}"#, "unit-unknown"),
        (#""rotation": {"euler": {"x": 0, "y": 0, "z": 0, "order": "XYZ"}}"#, "rotation-invalid"),
        (#""rotation": {"euler": {"x": 0, "y": 0, "z": 0}, "frame": "optical"}"#, "frame-invalid"),
        (#""rotation": {"heading": 1}, "frame": "x-forward""#, "frame-invalid"),
        (#""rotation": {"quaternion": {"w": 1, "x": 0, "y": 0, "z": 0}, "frame": "NED"}"#, "frame-invalid"),
        (
            #""rotation": {"quaternion": {"w": 1, "x": 0, "y": 0, "z": 0}, "frame": "cdf"}, "frame": "optical""#,
            "given-twice"
        ),
        (#""rotation": {"matrix": [1, 0, 0, 1]}"#, "rotation-invalid"),
        (#""rotation": {"matrix": "1 0 0"}"#, "rotation-invalid"),
        (#""rotation": {"matrix": [[1,0,0],[0,1,0],[0,0]]}"#, "rotation-invalid"),
        (#""rotation": {"matrix": [2,0,0, 0,2,0, 0,0,2]}"#, "matrix-not-rotation"),
        (#""rotation": {"matrix": [1,0.1,0, 0,1,0, 0,0,1]}"#, "matrix-not-rotation"),
        (#""rotation": {"matrix": [-1,0,0, 0,1,0, 0,0,1]}"#, "matrix-mirrored"),
        (#""rotation": {"matrix": [1,0,0,5, 0,1,0,6, 0,0,1,7, 0,0,0,2]}"#, "matrix-not-rotation"),
        (#""rotation": {"matrix": [1,0,0,1, 0,1,0,2, 0,0,1,3.1, 0,0,0,1]}"#, "given-twice"),
        (#""rotation": {"matrix": [1,0,0, 0,"1",0, 0,0,1]}"#, "number-in-text"),
    ])
    func `an ambiguous rotation is refused`(members: String, code: String) {
        let reading = read(members)
        #expect(reading.problems.map(\.code) == [code], "\(reading.words)")
    }

    @Test func `degrees instead of radians are refused, with how to state them`() {
        let words = read(#""eulerRotationX": 0, "eulerRotationY": 0, "eulerRotationZ": 90"#).words
        #expect(words.contains("looks like degrees"))
        #expect(words.contains(#""unit": "degrees""#))
        #expect(read(#""rotation": {"euler": {"x": 0, "y": 0, "z": 6.2832}}"#).problems.isEmpty)
        #expect(read(#""rotation": {"euler": {"x": 0, "y": 0, "z": 90}, "unit": "degrees"}"#).problems.isEmpty)
    }

    @Test(arguments: [
        (#""heading": 399.5"#, "359.55"), (#""heading": -399.5"#, "-359.55"), (#""heading": 1000000"#, "write degrees"),
        (#""heading": 4800"#, "mils"), (#""heading": 0, "pitch": 120"#, "above the horizon"),
        (#""heading": 0, "pitch": -100"#, "gon"), (#""heading": 0, "pitch": 359.5"#, "write -0.5"),
        (#""heading": 0, "pitch": 1500"#, "mils"), (#""heading": 0, "roll": 361"#, "gon"),
        (#""euler": {"x": 0, "y": 0, "z": 399.5, "unit": "degrees"}"#, "gon"),
    ])
    func `angles that are not degrees are refused, with what they look like`(members: String, words: String) {
        let reading = read("\"rotation\": {\(members)}")
        #expect(reading.problems.map(\.code) == ["angle-implausible"], "\(reading.words)")
        #expect(reading.words.contains(words), "\(reading.words)")
    }

    @Test(arguments: [
        (360.0, 0.0, 0.0), (-360, 90, 360), (359.99, -90, -180), (-90, 0, 270), (360.0004, 90.0004, -360),
        (0, -0.0, 180),
    ])
    func `every angle within a turn passes`(heading: Double, pitch: Double, roll: Double) {
        let reading = read(#""rotation": {"heading": \#(heading), "pitch": \#(pitch), "roll": \#(roll)}"#)
        #expect(reading.problems.isEmpty && reading.sidecar.rotation != nil, "\(reading.words)")
    }

    @Test func `a frame that says cdf does no harm anywhere`() {
        #expect(read(#""frame": "CDF", "rotation": {"heading": 1}"#).problems.isEmpty)
        #expect(read(#""rotation": {"euler": {"x": 0, "y": 0, "z": 0, "frame": "cdf"}}"#).problems.isEmpty)
    }

    @Test func `a frame inside the quaternion is not ignored`() {
        let reading = read(#""rotation": {"quaternion": {"w": 1, "x": 0, "y": 0, "z": 0, "frame": "optical"}}"#)
        let front = reading.sidecar.rotation.map { Rotation($0).applied(to: Vector3(x: 0, y: -1, z: 0)) }
        #expect((front?.z ?? 0) > 0.999)
    }

    @Test func `what was rounded by hand is made exact`() throws {
        let quaternion = read(#""rotation": {"quaternion": {"w": 0.7071, "x": 0, "y": 0, "z": 0.7071}}"#).sidecar
            .rotation
        let matrix = read(#""rotation": {"matrix": [0,-1.0004,0, 1,0,0, 0,0,0.9996]}"#).sidecar.rotation
        let wanted = Rotation(EulerAngles(x: 0, y: 0, z: .pi / 2))
        for angles in [quaternion, matrix] { #expect(Rotation(try #require(angles)).angle(to: wanted) < 1e-9) }
    }

    @Test func `a matrix of sixteen numbers carries the translation, in the unit that is given`() {
        let members = #""rotation": {"matrix": [1,0,0,1000, 0,1,0,-2000, 0,0,1,3000, 0,0,0,1]}, "unit": "mm""#
        #expect(Reader.read("{\(members)}").sidecar.translation == Vector3(x: 1, y: -2, z: 3))
        #expect(Reader.read("{\(members), \"translation\": [1000, -2000, 3000]}").problems.isEmpty)
        let columns = Reader.read(#"{"rotation": {"matrix": [1,0,0,0, 0,1,0,0, 0,0,1,0, 5,6,7,1]}}"#)
        #expect(columns.problems.map(\.code) == ["matrix-not-rotation"])
        #expect(columns.words.contains("column by column"))
    }
}
