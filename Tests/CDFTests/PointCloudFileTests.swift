import Crypto
import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

struct PointCloudFileTests {
    private static func cloud(_ name: String, site: String = "site a") -> PointCloud {
        PointCloud(
            name: name,
            size: 10,
            fileDigest: FileDigest(rawValue: "d1"),
            digest: ContentDigest(rawValue: "c1"),
            externalID: "site a/scan",
            siteID: site,
            model: .name("Site A scans")
        )
    }

    private static func entry(_ cloud: PointCloud, dataSetID: Int64? = nil) throws -> FileEntry {
        guard case .entry(let entry) = FileDescription.pointCloud(cloud, dataSetID: dataSetID) else {
            throw CDFError.interrupted
        }
        return entry
    }

    @Test func `a point cloud is described like a face, by its own id`() throws {
        #expect(
            try Self.entry(Self.cloud("hall.e57"), dataSetID: 7)
                == FileEntry(
                    externalId: "site a/scan",
                    name: "hall.e57",
                    mimeType: "application/octet-stream",
                    directory: "/360/site a",
                    dataSetId: 7,
                    sourceCreatedTime: nil,
                    metadata: ["site_id": "site a", "file_role": "pointCloud", "sha256": "d1"]
                )
        )
    }

    @Test(
        arguments: [
            ("HALL.E57", "HALL.e57"), ("hall.ZIP", "hall.zip"), ("hall", "hall.e57"), ("a/b.e57", "a_b.e57"),
            (String(repeating: "x", count: 400) + ".zip", String(repeating: "x", count: 250) + ".zip"),
        ]
    )
    func `the name ends by the file's type, within CDF's limit`(name: String, wanted: String) throws {
        let entry = try Self.entry(Self.cloud(name, site: "a/b"))
        #expect(entry.name == wanted)
        #expect(entry.mimeType == (wanted.hasSuffix(".zip") ? "application/zip" : "application/octet-stream"))
        #expect(entry.directory == "/360/a_b")
    }

    @Test func `any file of an inbox can be sent, but never one behind a link`() async throws {
        let folder = try TemporaryFolder()
        let bytes = Data("ASTM-E57 and points".utf8)
        let size = Int64(bytes.count)
        let digest = FileDigest(SHA256.hash(data: bytes))
        try FileManager.default.createDirectory(atPath: folder.path + "/scans", withIntermediateDirectories: true)
        try bytes.write(to: URL(fileURLWithPath: folder.path + "/scans/hall.e57"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/scans/link.e57",
            withDestinationPath: folder.path + "/scans/hall.e57"
        )
        try await Bench.sandbox { bench async throws in
            func open(_ path: String, size: Int64) async throws -> FileSource {
                let item = ItemPath(inbox: folder.path, path: path)
                return try await bench.client.open(item, size: size, digest: digest)
            }
            let description = FileDescription.pointCloud(Self.cloud("hall.e57"), dataSetID: nil)
            let source = try await open("scans/hall.e57", size: size)
            let id = try await bench.client.upload(description, from: source) { _ in }
            let stored = try await bench.client.fileStatuses([description.reference]).values.first
            #expect(stored?.id == id && stored?.uploaded == true)
            #expect(await failure { try await open("scans/link.e57", size: size) } != nil)
            #expect(
                await failure { try await open("scans/hall.e57", size: 3) }
                    == .sourceChanged(path: folder.path + "/scans/hall.e57")
            )
        }
    }
}
