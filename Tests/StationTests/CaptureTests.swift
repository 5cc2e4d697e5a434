import Foundation
import Station
import Testing

struct CaptureTests {
    private static func capture(metadata: [String: String] = [:]) -> Capture {
        let digest = ContentDigest(over: ["x"])
        let faces = Face.allCases.enumerated().map { index, face in
            (
                face,
                FaceImage(
                    fileName: "\(face.rawValue).jpg",
                    size: Int64(100 + index),
                    digest: FileDigest(rawValue: "sha-\(face.rawValue)"),
                    format: .jpeg,
                    edge: 2048
                )
            )
        }
        return Capture(
            siteID: "s",
            siteName: "Site",
            stationID: "n",
            stationName: "North",
            label: "North",
            collectionLabel: "Site",
            pose: Pose(translation: .init(x: 1, y: 2, z: 3), eulerRotation: .init(x: 0, y: 0, z: 1)),
            scale: .init(x: 1, y: 1, z: 1),
            time: nil,
            faces: Dictionary(uniqueKeysWithValues: faces),
            metadata: metadata,
            digest: digest,
            ids: ExternalIDs(prefix: "", siteID: "s", stationID: "n", time: nil, digest: digest)
        )
    }

    @Test func `a file's metadata has the guide's seven keys and the digest`() {
        #expect(
            Self.capture().fileMetadata(of: .top) == [
                "site_id": "s", "site_name": "Site", "station_id": "n", "station_name": "North",
                "image_type": "cubemap",
                "image_resolution": "2048", "face": "top", "sha256": "sha-top",
            ]
        )
    }

    @Test func `the sidecar's own strings are added, and never replace ours`() {
        let metadata = Self.capture(metadata: ["crew": "blue", "face": "bottom", "sha256": "forged"]).fileMetadata(
            of: .left
        )
        #expect(metadata["crew"] == "blue")
        #expect(metadata["face"] == "left")
        #expect(metadata["sha256"] == "sha-left")
    }

    @Test func `faces are listed in their order, and sizes add up`() {
        #expect(Self.capture().orderedFaces.map(\.face) == Face.allCases)
        #expect(Self.capture().size == 615)
    }

    @Test func `a capture survives encoding and decoding`() throws {
        let capture = Self.capture(metadata: ["crew": "blue"])
        #expect(try JSONDecoder().decode(Capture.self, from: JSONEncoder().encode(capture)) == capture)
    }

    @Test func `formats have their MIME types`() {
        #expect(FaceImage.Format.jpeg.mimeType == "image/jpeg")
        #expect(FaceImage.Format.png.mimeType == "image/png")
    }
}
