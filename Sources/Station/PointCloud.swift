/// One E57 file, or a zip of E57 files, that CDF gets as a whole and makes a 3D revision from (`e57.extract: cdf`).
package struct PointCloud: Equatable, Codable, Sendable {
    /// The file's name in CDF; ends as the file's own name does, by which CDF may recognise its type.
    package var name: String
    /// Bytes.
    package var size: Int64
    package var fileDigest: FileDigest
    package var digest: ContentDigest
    package var externalID: String
    package var siteID: String
    /// Where the revision is made.
    package var model: ModelTarget

    package init(
        name: String,
        size: Int64,
        fileDigest: FileDigest,
        digest: ContentDigest,
        externalID: String,
        siteID: String,
        model: ModelTarget
    ) {
        self.name = name
        self.size = size
        self.fileDigest = fileDigest
        self.digest = digest
        self.externalID = externalID
        self.siteID = siteID
        self.model = model
    }
}

/// The 3D model that gets the revisions, as the configuration names it.
package enum ModelTarget: Hashable, Codable, Sendable {
    /// `e57.model-id`: an existing model, by CDF's number.
    case number(Int64)
    /// `e57.model`: the oldest model of this name in the data set; made where there is none.
    case name(String)
}

/// A revision of a 3D model that CDF makes from a point cloud, by CDF's own numbers.
package struct ModelRevision: Hashable, Codable, Sendable {
    package var model: Int64
    package var revision: Int64

    package init(model: Int64, revision: Int64) {
        self.model = model
        self.revision = revision
    }
}
