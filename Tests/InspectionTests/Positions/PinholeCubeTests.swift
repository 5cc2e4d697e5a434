import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Pixels of faces that are rendered from pinhole pictures.
@Suite(.timeLimit(.minutes(15)))
struct PinholeCubeTests {
    private static let edge = 384

    /// A camera of this field of view in degrees.
    private static func lens(_ degrees: Double, _ edge: Int = edge) -> PinholeLens {
        let focal = Double(edge) / 2 / tan(degrees / 2 * .pi / 180)
        let middle = Double(edge) / 2
        return PinholeLens(focal: (focal, focal), centre: (middle, middle), width: edge, height: edge)
    }

    /// The cube of views of a field, all in the cube's frame.
    private func views(_ field: DirectionField, _ lens: PinholeLens, _ rotations: [Rotation]) -> [PinholeCube.View] {
        rotations.map { PinholeCube.View(lens: lens, rotation: $0, picture: field.picture(lens, $0)) }
    }

    @Test func `rolled and wide pictures are rendered right to a twentieth of a degree`() throws {
        var random = SeededGenerator(seed: 3)
        let field = DirectionField()
        let rotations = Face.allCases.map { face in
            let roll = Rotation.turn(Double.random(in: -1...1, using: &random), about: Vector3(x: 0, y: 0, z: 1))
            let off = Rotation.turn(0.05, about: Vector3(x: 1, y: Double.random(in: -1...1, using: &random), z: 0))
            return face.camera * roll * off
        }
        // Wide enough for the corners of a face that is rolled; the axis is not in the middle.
        var lens = Self.lens(120)
        lens.centre = (lens.centre.x + 6, lens.centre.y - 9)
        let cube = PinholeCube(views(field, lens, rotations), edge: 256)
        for face in Face.allCases {
            let picture = try #require(cube.face(face))
            let (shift, difference) = (
                field.shift(of: picture, face, .identity), field.difference(of: picture, face, .identity)
            )
            print("PINHOLE | \(face) | \(shift)° | \(difference)")
            #expect(difference < 1.5)
            #expect(shift < 0.05)
        }
    }

    @Test func `a sphere is rendered right to a twentieth of a degree`() {
        let field = DirectionField()
        let cube = CubeFaces(field.sphere(width: 1024, .identity))
        for face in Face.allCases {
            let picture = cube.face(face)
            let turn = LocalFrame.xForward.fromCube
            let (shift, difference) = (field.shift(of: picture, face, turn), field.difference(of: picture, face, turn))
            print("SPHERE | \(face) | \(shift)° | \(difference)")
            #expect(shift < 0.05 && difference < 1.5)
        }
    }

    @Test func `pictures that are a cube's but for their roll are rendered pixel by pixel`() throws {
        let field = DirectionField()
        let lens = Self.lens(90, 256)
        let roll = Rotation.turn(.pi / 2, about: Vector3(x: 0, y: 0, z: 1))
        let views = views(field, lens, Face.allCases.map { $0.camera * roll })
        let cube = PinholeCube(views, edge: PinholeCube.edge(for: [lens]))
        #expect(cube.edge == 256 && lens.isFaceOfCube)
        for (index, face) in Face.allCases.enumerated() {
            let turned = (1...3).map { views[index].picture.turned(FaceTurn(quarters: $0)) }
            let picture = try #require(cube.face(face))
            #expect(turned.contains(picture))
        }
    }

    @Test func `a direction that no picture shows leaves no face, a gap of a quarter of a degree does`() throws {
        let field = DirectionField()
        let narrow = Self.lens(88, 128)
        let rotations = Face.allCases.map(\.camera)
        #expect(PinholeCube(views(field, narrow, rotations), edge: 128).face(.front) == nil)
        let nearly = Self.lens(89.6, 128)
        #expect(PinholeCube(views(field, nearly, rotations), edge: 128).face(.front) != nil)
        let five = views(field, Self.lens(90, 128), Array(rotations.dropLast()))
        #expect(PinholeCube(five, edge: 128).face(.bottom) == nil)
    }

    @Test(arguments: [(90.0, true), (90.02, true), (90.2, false), (100, false), (89.8, false)])
    func `a field of view of 90° within a thousandth makes a face`(degrees: Double, isFace: Bool) {
        #expect(Self.lens(degrees, 2048).isFaceOfCube == isFace)
    }

    @Test func `a picture that is not square, or whose axis is not in its middle, is no face`() {
        var lens = Self.lens(90, 2048)
        lens.centre.x += 4
        #expect(!lens.isFaceOfCube)
        // Counted from the middle of the first pixel.
        lens.centre = (1023.5, 1023.5)
        #expect(lens.isFaceOfCube)
        lens.height = 2000
        #expect(!lens.isFaceOfCube)
    }
}
