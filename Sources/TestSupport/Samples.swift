import Foundation
package import Ledger
package import Station

extension CaptureTime {
    /// 2026-05-01, 10:00 UTC.
    package static let ten = CaptureTime(milliseconds: 1_777_629_600_000)
    package static let eleven = CaptureTime(milliseconds: 1_777_633_200_000)
}

extension Capture {
    /// The same as ``CaptureTime/ten``.
    package static let ten = CaptureTime.ten
    package static let eleven = CaptureTime.eleven

    /// A content whose digest depends on `content`, pose and time.
    ///
    /// - Parameters:
    ///   - content: Captures with different ones differ in all six files.
    ///   - station: As if it were the folder's name.
    ///   - site: As if it were the name of the folder above.
    ///   - time: nil where nothing said when it was taken.
    ///   - x: Metres.
    ///   - degrees: About the Z axis.
    ///   - prefix: Of the external ids.
    package static func sample(
        _ content: String = "one",
        station: String = "s1",
        site: String = "site-a",
        time: CaptureTime? = .ten,
        x: Double = 1,
        degrees: Double = 0,
        prefix: String = ""
    ) -> Capture {
        var faces: [Face: FaceImage] = [:]
        for face in Face.allCases {
            let sha = FileDigest(rawValue: ContentDigest(over: [content, face.rawValue]).rawValue)
            faces[face] = FaceImage(fileName: "\(face.rawValue).jpg", size: 1000, digest: sha, format: .jpeg, edge: 512)
        }
        let digest = ContentDigest(over: [content, "\(x)", "\(degrees)", "\(time?.milliseconds ?? 0)"])
        return Capture(
            siteID: site,
            siteName: site,
            stationID: station,
            stationName: station,
            label: station,
            collectionLabel: site,
            pose: Pose(
                translation: Vector3(x: x, y: 2, z: 1.7),
                eulerRotation: EulerAngles(x: 0, y: 0, z: degrees * .pi / 180)
            ),
            scale: Vector3(x: 1, y: 1, z: 1),
            time: time,
            faces: faces,
            metadata: ["crew": "7"],
            digest: digest,
            ids: ExternalIDs(prefix: prefix, siteID: site, stationID: station, time: time, digest: digest)
        )
    }
}

extension ItemContent {
    /// A station with this ``Capture/sample(_:station:site:time:x:degrees:prefix:)``.
    package static func sample(_ content: String = "one", station: String = "s1") -> ItemContent {
        .station(.sample(content, station: station))
    }
}

extension ItemRecord {
    /// An item as a ledger would have it, found at ``CaptureTime/ten``.
    package static func sample(
        _ path: String = "site-a/s1",
        kind: ItemKind = .station,
        _ state: ItemState,
        id: Int64 = 7
    ) -> ItemRecord {
        let time = Date(timeIntervalSince1970: Double(CaptureTime.ten.milliseconds) / 1000)
        return ItemRecord(
            id: ItemNumber(rawValue: id),
            kind: kind,
            location: ItemPath(inbox: "/srv/inbox", path: path),
            lastSight: .stamp(Stamp(rawValue: "s")),
            state: state,
            since: time
        )
    }
}
