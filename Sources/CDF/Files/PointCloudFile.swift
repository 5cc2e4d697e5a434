import Foundation
package import Station

extension FileDescription {
    /// The file that holds a point cloud: an entry of the file service, whatever model the images are written by, since CDF makes
    /// 3D revisions only from those.
    package static func pointCloud(_ cloud: PointCloud, dataSetID: Int64?) -> FileDescription {
        // CDF may judge the type by the name's ending.
        let isZip = cloud.name.lowercased().hasSuffix(".zip")
        let ending = isZip ? ".zip" : ".e57"
        let bare = cloud.name.lowercased().hasSuffix(ending) ? String(cloud.name.dropLast(ending.count)) : cloud.name
        let entry = FileEntry(
            externalId: cloud.externalID,
            // Within CDF's 256 characters.
            name: bare.replacingOccurrences(of: "/", with: "_").head(units: 250) + ending,
            mimeType: isZip ? "application/zip" : "application/octet-stream",
            directory: FileEntry.directory(ofSite: cloud.siteID),
            dataSetId: dataSetID,
            sourceCreatedTime: nil,
            metadata: [
                "site_id": cloud.siteID, "file_role": FileRole.pointCloud.rawValue,
                "sha256": cloud.fileDigest.rawValue,
            ]
        )
        return .entry(entry)
    }
}

extension FileEntry {
    /// `{station}_{face}.jpg`, within CDF's 256 characters.
    static func name(of face: Face, _ image: FaceImage, of capture: Capture) -> String {
        let ending = image.format == .jpeg ? "jpg" : "png"
        let name = "\(capture.stationID.head(units: 200))_\(face.rawValue).\(ending)"
        return name.replacingOccurrences(of: "/", with: "_")
    }

    /// The directory of all files of a site, within CDF's 512 characters; a slash in the site's id opens no other one.
    ///
    /// - Parameters:
    ///   - id: The site's.
    ///   - base: The directory of all sites, at most 110 characters long.
    static func directory(ofSite id: String, in base: String = FileSettings().directory) -> String {
        (base == "/" ? "" : base) + "/" + id.replacingOccurrences(of: "/", with: "_").head(units: 400)
    }
}

extension String {
    /// The first whole characters within this many UTF-16 units: whatever unit CDF counts, the limit holds.
    func head(units: Int) -> String {
        var end = startIndex
        while end < endIndex, utf16.distance(from: startIndex, to: index(after: end)) <= units {
            end = index(after: end)
        }
        return String(self[..<end])
    }
}
