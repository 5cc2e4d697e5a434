/// What is at an item's path.
package enum ItemKind: String, CaseIterable, Codable, Sendable {
    /// A folder with six faces and a pose, or one position of a ``scan``.
    case station
    /// One E57 file, or a zip of them, that CDF gets as a whole.
    case pointCloud
    /// One E57 file whose positions are delivered as stations.
    case scan

    /// What is at an item's path, for messages.
    package var place: String {
        switch self {
        case .station: "folder"
        case .pointCloud, .scan: "file"
        }
    }

    /// What an item of this kind is called in messages.
    package var noun: String {
        switch self {
        case .station: "station"
        case .pointCloud: "point cloud"
        case .scan: "scan"
        }
    }

    /// The same at the start of a sentence.
    package var title: String { noun.prefix(1).uppercased() + noun.dropFirst() }
}
