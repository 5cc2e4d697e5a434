import DropFolder
import E57
import Foundation
import Station
import Testing

/// A file by libE57, made by `pye57/write.py`; its writer and ours share no code.
@Suite("A file by libE57 is read as it was meant")
struct LibE57Tests {
    private func open() throws -> E57File {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("pye57").path
        return try E57File(RegularFileAt.open(folder, "libe57.e57"))
    }

    @Test func `scans and images have their names, poses and times`() throws {
        let contents = try open().contents()
        let taken = try Date.ISO8601FormatStyle().parse("2026-05-01T10:00:00Z").addingTimeInterval(0.25)
        let pose = E57Pose(
            rotation: Rotation(quaternionW: 0.5, x: 0.5, y: 0.5, z: 0.5),
            translation: Vector3(x: 1.25, y: -2.5, z: 1e-7)
        )
        #expect(
            contents.scans == [
                E57Scan(
                    number: 1,
                    guid: "{hall}",
                    name: "Hall <& Söhne>",
                    pose: pose,
                    acquired: E57Time(date: taken, isAtomicClockReferenced: true)
                ), E57Scan(number: 2, guid: "{yard}"),
            ]
        )
        #expect(contents.images.map(\.number) == [1, 3, 4])
        #expect(contents.faults.map(\.number) == [2])
        #expect(contents.faults.first?.name == "odd")
        let sphere = contents.images[0]
        #expect(sphere.name == "Hall panorama")
        #expect(sphere.pose == pose)
        #expect(sphere.sensor == E57Sensor(vendor: "Maker", model: "M1", serialNumber: "7"))
        #expect(sphere.acquired == E57Time(date: taken, isAtomicClockReferenced: false))
        let pinhole = contents.images[1]
        #expect((pinhole.guid, pinhole.name) == (nil, nil))
        #expect(
            pinhole.representations.first?.projection
                == .pinhole(
                    focalLength: 0.02,
                    pixelWidth: 0.001,
                    pixelHeight: 0.5,
                    principalPointX: 20,
                    principalPointY: 0
                )
        )
        #expect(pinhole.representations.first?.picture.height == 30)
        #expect(contents.images[2].representations.first?.projection == E57Projection.none)
    }

    @Test func `pictures are the bytes that were put in`() throws {
        let file = try open()
        let images = try file.contents().images
        func counting(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) } }
        for (image, count) in zip(images, [3000, 1, 2500]) {
            let picture = try #require(image.representations.first?.picture)
            #expect(try file.read(picture.blob, limit: 1 << 20) == counting(count))
        }
    }

    @Test func `the panorama is the one position, under its scan's name`() throws {
        let positions = E57Positions(try open().contents())
        #expect(positions.positions.map(\.stationID) == ["Hall <& Söhne>"])
        #expect(positions.skipped.map(\.number) == [3, 4])
    }
}
