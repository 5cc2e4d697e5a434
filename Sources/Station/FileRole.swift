/// What a file is within its content: one of six faces, or the point cloud itself.
///
/// The raw value is its name in commands, ledger and reports.
package enum FileRole: Hashable, Sendable {
    case face(Face)
    case pointCloud
}

extension FileRole: RawRepresentable, Codable {
    private static let pointCloudName = "pointCloud"

    package init?(rawValue: String) {
        if let face = Face(rawValue: rawValue) {
            self = .face(face)
        } else if rawValue == Self.pointCloudName {
            self = .pointCloud
        } else {
            return nil
        }
    }

    package var rawValue: String {
        switch self {
        case .face(let face): face.rawValue
        case .pointCloud: Self.pointCloudName
        }
    }
}

extension FileRole: CaseIterable, Comparable {
    package static var allCases: [FileRole] { Face.allCases.map(FileRole.face) + [.pointCloud] }

    /// The order of ``allCases``, in which files are listed and sent.
    package static func < (lhs: FileRole, rhs: FileRole) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .face(let face): face.rank
        case .pointCloud: Face.allCases.count
        }
    }
}
