import Foundation
import Station
import Testing

/// What an item is made of.
struct ItemTests {
    private static let scan = PointCloud(
        name: "hall.e57",
        size: 5,
        fileDigest: FileDigest(rawValue: "f"),
        digest: ContentDigest(rawValue: "d"),
        externalID: "hall",
        siteID: "site",
        model: .number(7)
    )

    @Test func `a role is spelled by one name, and no other is one`() throws {
        for role in FileRole.allCases {
            #expect(FileRole(rawValue: role.rawValue) == role)
            #expect(try JSONDecoder().decode(FileRole.self, from: JSONEncoder().encode(role)) == role)
        }
        #expect(Set(FileRole.allCases.map(\.rawValue)).count == 7)
        #expect(FileRole(rawValue: "Front") == nil)
        #expect(FileRole.allCases.shuffled().sorted() == FileRole.allCases)
    }

    @Test func `a station's content is six files in their order, and a point cloud's is one`() {
        let content = ItemContent.pointCloud(Self.scan)
        #expect(
            content.files == [.init(role: .pointCloud, externalID: "hall", size: 5, digest: FileDigest(rawValue: "f"))]
        )
        #expect(content.kind == .pointCloud && content.capture == nil)
        #expect(content.externalID == "hall" && content.digest.rawValue == "d")
    }

    @Test func `an item's whole path is the inbox and what lies below it`() {
        #expect(ItemPath(inbox: "/srv/in", path: "site/a").absolute == "/srv/in/site/a")
    }
}
