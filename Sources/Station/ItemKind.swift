/// What is at an item's path.
package enum ItemKind: String, CaseIterable, Codable, Sendable {
    /// A folder with six faces and a pose.
    case station
    /// One E57 file.
    case pointCloud
}
