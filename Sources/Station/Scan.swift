/// One E57 file that was found complete, and its id in CDF.
package struct Scan: Equatable, Codable, Sendable {
    /// What CDF shows; ends in `.e57`, by which the file's type may be recognised.
    package var name: String
    /// Bytes.
    package var size: Int64
    package var fileDigest: FileDigest
    package var digest: ContentDigest
    package var externalID: String

    package init(name: String, size: Int64, fileDigest: FileDigest, digest: ContentDigest, externalID: String) {
        self.name = name
        self.size = size
        self.fileDigest = fileDigest
        self.digest = digest
        self.externalID = externalID
    }
}

/// A revision of a 3D model that CDF makes from a scan, by CDF's own numbers.
package struct ModelRevision: Hashable, Codable, Sendable {
    package var model: Int64
    package var revision: Int64

    package init(model: Int64, revision: Int64) {
        self.model = model
        self.revision = revision
    }
}
