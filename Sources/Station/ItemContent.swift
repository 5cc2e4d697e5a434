/// Everything that drop360 delivers for one accepted item, by the item's kind.
package enum ItemContent: Equatable, Sendable {
    case station(Capture)
    case pointCloud(PointCloud)
    case scan(Scan)

    package var kind: ItemKind {
        switch self {
        case .station: .station
        case .pointCloud: .pointCloud
        case .scan: .scan
        }
    }

    package var digest: ContentDigest {
        switch self {
        case .station(let capture): capture.digest
        case .pointCloud(let cloud): cloud.digest
        case .scan(let scan): scan.digest
        }
    }

    /// The external id of what the content becomes as a whole: an image, or a point cloud's file.
    ///
    /// A scan becomes nothing of its own: its digest takes the place.
    ///
    /// Each id belongs to one content, unless an operator decides otherwise.
    package var externalID: String {
        switch self {
        case .station(let capture): capture.ids.image
        case .pointCloud(let cloud): cloud.externalID
        case .scan(let scan): scan.digest.rawValue
        }
    }

    /// What is sent, in its fixed order.
    package var files: [ContentFile] {
        switch self {
        case .station(let capture):
            capture.orderedFaces.map { face, image in
                ContentFile(
                    role: .face(face),
                    externalID: capture.ids.file(face),
                    size: image.size,
                    digest: image.digest
                )
            }
        case .pointCloud(let cloud):
            [ContentFile(role: .pointCloud, externalID: cloud.externalID, size: cloud.size, digest: cloud.fileDigest)]
        case .scan: []
        }
    }

    /// The station's content; nil for other kinds.
    package var capture: Capture? {
        guard case .station(let capture) = self else { return nil }
        return capture
    }
}

/// One file of a content: what is sent, and under which id.
package struct ContentFile: Equatable, Sendable {
    package var role: FileRole
    package var externalID: String
    /// Bytes.
    package var size: Int64
    package var digest: FileDigest

    package init(role: FileRole, externalID: String, size: Int64, digest: FileDigest) {
        self.role = role
        self.externalID = externalID
        self.size = size
        self.digest = digest
    }
}
