/// One E57 file whose panoramas drop360 delivers as stations (`e57.extract: here`); the file itself is not sent.
package struct Scan: Equatable, Codable, Sendable {
    package var name: String
    /// Bytes.
    package var size: Int64
    package var fileDigest: FileDigest
    /// Of the file and of everything else that decides what its stations become: sidecar, site, offset, azimuth.
    package var digest: ContentDigest
    /// How many positions with a panorama the file describes.
    package var positions: Int

    package init(name: String, size: Int64, fileDigest: FileDigest, digest: ContentDigest, positions: Int) {
        self.name = name
        self.size = size
        self.fileDigest = fileDigest
        self.digest = digest
        self.positions = positions
    }
}
