/// What is at an item's path.
package enum ItemKind: String, CaseIterable, Codable, Sendable {
    /// A folder with six faces and a pose, or one position of a ``scan``.
    case station
    /// One E57 file, or a zip of them, that CDF gets as a whole.
    case pointCloud
    /// One E57 file whose positions are delivered as stations.
    case scan
}
