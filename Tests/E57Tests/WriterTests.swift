import E57
import E57Writing
import Foundation
import Station
import TestSupport
import Testing

/// Two positions: a sphere with a scan, and one picture to look at.
func sample() -> DrawnE57 {
    let pose = E57Pose(
        rotation: Rotation(quaternionW: 0.5, x: -0.5, y: 0.5, z: 0.5),
        translation: Vector3(x: 1.5, y: -2.25, z: 1e-7)
    )
    let taken = E57Time(date: Date(timeIntervalSince1970: 1_777_629_600), isAtomicClockReferenced: true)
    return DrawnE57(
        images: [
            .init(
                guid: "{image-1}",
                name: "Schott & Söhne <1> ]]> 2",
                scanGUID: "{scan-1}",
                acquired: taken,
                pose: pose,
                .init(
                    .spherical(pixelWidth: 2 * .pi / 64, pixelHeight: .pi / 32),
                    width: 64,
                    height: 32,
                    mask: [9, 9],
                    picture: (0..<5000).map { UInt8(truncatingIfNeeded: $0 * 7) }
                )
            ),
            .init(name: "look", .init(.none, .png, width: 3, height: 2, picture: [1, 2, 3])),
        ],
        scans: [
            .init(
                guid: "{scan-1}",
                name: "Hall",
                pose: pose,
                acquired: taken,
                points: (0..<200).map { Vector3(x: Double($0), y: 2, z: -3) }
            )
        ]
    )
}

@Suite("What is written is an E57 file")
struct WriterTests {
    @Test func `every page has its checksum, and the header has the file's length`() throws {
        let (bytes, layout) = try sample().bytes()
        #expect(Int64(bytes.count) == layout.length)
        #expect(E57Pages.firstDamaged(in: bytes) == nil)
        let header = try E57Header(Array(bytes.prefix(48)), size: Int64(bytes.count))
        #expect(header.xmlOffset == layout.xmlOffset)
        #expect(header.xmlLength == layout.xmlLength)
    }

    @Test func `a file on the disk is the same as one in memory, with empty pages as asked for`() throws {
        let folder = try TemporaryFolder()
        var drawn = sample()
        try drawn.write(to: folder.path("small.e57"))
        let small = try drawn.bytes().bytes
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("small.e57"))) == Data(small))
        drawn.padding = 3 << 20
        try drawn.write(to: folder.path("large.e57"))
        let large = try drawn.bytes().bytes
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("large.e57"))) == Data(large))
        #expect(E57Pages.firstDamaged(in: large) == nil)
        #expect(large.count >= small.count + 3 << 20)
    }

    @Test func `bytes that are put into a file leave its checksums right`() throws {
        var bytes = try sample().bytes().bytes
        E57Patch.put([UInt8](repeating: 0xff, count: 2000), at: 1000, in: &bytes)
        #expect(E57Pages.firstDamaged(in: bytes) == nil)
        bytes[5] ^= 1
        #expect(E57Pages.firstDamaged(in: bytes) == 0)
        E57Patch.reseal(&bytes)
        #expect(E57Pages.firstDamaged(in: bytes) == nil)
    }
}
