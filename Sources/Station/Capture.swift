import Foundation

/// One image file of an accepted station.
package struct FaceImage: Equatable, Codable, Sendable {
    /// The format of the content.
    package enum Format: String, Codable, Sendable {
        case jpeg, png

        package var mimeType: String { "image/\(rawValue)" }
    }

    /// The file's name inside the station's folder, or inside ``storedIn``.
    package var fileName: String
    /// The name of the folder among drop360's rendered faces that the file is in; nil for a file of the station's folder.
    package var storedIn: String?
    /// Bytes.
    package var size: Int64
    package var digest: FileDigest
    package var format: Format
    /// Pixels along one edge; faces are square.
    package var edge: Int

    package init(fileName: String, size: Int64, digest: FileDigest, format: Format, edge: Int, storedIn: String? = nil)
    {
        self.fileName = fileName
        self.storedIn = storedIn
        self.size = size
        self.digest = digest
        self.format = format
        self.edge = edge
    }
}

/// Everything that drop360 delivers for one accepted station: what was inspected, and the ids it gets in CDF.
package struct Capture: Equatable, Codable, Sendable {
    package var siteID: String
    package var siteName: String
    package var stationID: String
    package var stationName: String
    /// Shown next to the icon.
    package var label: String
    package var collectionLabel: String
    package var pose: Pose
    /// What the folder says of the pose, if an operator has given the image another one; nil otherwise.
    package var ownPose: Pose?
    /// Written unchanged; the viewer ignores it.
    package var scale: Vector3
    package var time: CaptureTime?
    /// All six.
    package var faces: [Face: FaceImage]
    /// The sidecar's strings for the files' metadata.
    package var metadata: [String: String]
    package var digest: ContentDigest
    package var ids: ExternalIDs

    package init(
        siteID: String,
        siteName: String,
        stationID: String,
        stationName: String,
        label: String,
        collectionLabel: String,
        pose: Pose,
        scale: Vector3,
        time: CaptureTime?,
        faces: [Face: FaceImage],
        metadata: [String: String],
        digest: ContentDigest,
        ids: ExternalIDs
    ) {
        self.siteID = siteID
        self.siteName = siteName
        self.stationID = stationID
        self.stationName = stationName
        self.label = label
        self.collectionLabel = collectionLabel
        self.pose = pose
        self.scale = scale
        self.time = time
        self.faces = faces
        self.metadata = metadata
        self.digest = digest
        self.ids = ids
    }

    /// The faces in their fixed order.
    package var orderedFaces: [(face: Face, image: FaceImage)] {
        Face.allCases.compactMap { face in faces[face].map { (face, $0) } }
    }

    /// Bytes in all six faces.
    package var size: Int64 { faces.values.reduce(0) { $0 + $1.size } }

    /// The metadata of the file that holds `face`: the sidecar's strings, overridden by the guide's seven keys and the SHA-256.
    package func fileMetadata(of face: Face) -> [String: String] {
        guard let image = faces[face] else { return metadata }
        let own = [
            "site_id": siteID, "site_name": siteName, "station_id": stationID, "station_name": stationName,
            "image_type": "cubemap", "image_resolution": String(image.edge), "face": face.rawValue,
            "sha256": image.digest.rawValue,
        ]
        return metadata.merging(own) { _, ours in ours }
    }
}
